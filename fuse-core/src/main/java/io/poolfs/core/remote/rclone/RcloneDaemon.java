package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The supervised {@code rclone rcd} of a pool: on loopback, with random credentials for each start, started again when
 * it dies, gone when we are gone.
 *
 * <pre>
 * STARTING ──ready──▶ UP ──died──▶ (back-off) STARTING …      any ──close──▶ CLOSED
 *     └──the first start failed──▶ CLOSED, and start() throws CONFIG
 * </pre>
 *
 * <p>Whoever started it closes it, after the stores that use it. One task of the scheduler lives as long as the daemon:
 * it starts each process, because the kernel ends rclone when the thread that started it ends. Calls that are in
 * progress when rclone dies fail with REMOTE_UNAVAILABLE; the next ones wait for the new process within their deadline.
 */
public final class RcloneDaemon implements RcEndpoint, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RcloneDaemon.class);

    private static final Duration START_BOUND = Duration.ofSeconds(20);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** Who lived this long was not failing at its start. */
    private static final Duration GOOD_LIFE = Duration.ofSeconds(30);

    private static final Duration STOP_BOUND = Duration.ofSeconds(3);
    private static final Duration LOG_LAG = Duration.ofMillis(300);
    /** How soon a configuration file that rclone replaced has its owner again. */
    private static final Duration CONFIG_LOOK = Duration.ofSeconds(5);

    private final Scheduler scheduler;
    private final RcloneLaunch launch;
    private final RcloneCommand command;
    private final Monitor monitor;
    private final ConfigFileKeeper keeper;
    private final RangeServers servers;

    @GuardedByMonitor("monitor")
    private RcloneLog log = new RcloneLog(List.of());

    @GuardedByMonitor("monitor")
    private @Nullable RcClient client;

    @GuardedByMonitor("monitor")
    private @Nullable Process process;

    @GuardedByMonitor("monitor")
    private @Nullable PoolException firstFailure;

    @GuardedByMonitor("monitor")
    private @Nullable RcloneVersion version;

    @GuardedByMonitor("monitor")
    private long starts;

    @GuardedByMonitor("monitor")
    private boolean closed;

    private @Nullable Task supervisor;

    private RcloneDaemon(Scheduler scheduler, RcloneLaunch launch, RcloneCommand command) {
        this.scheduler = scheduler;
        this.launch = launch;
        this.command = command;
        this.monitor = scheduler.newMonitor("rclone");
        this.keeper = new ConfigFileKeeper(scheduler, launch.likelyConfig());
        this.servers = new RangeServers(scheduler, command, launch.configPassword());
    }

    /** CONFIG, with the way out, when there is no such program. */
    public static void requireProgram(String binary) throws PoolException {
        RcloneCommand.findBinary(RcloneLaunch.defaults().withBinary(binary));
    }

    /**
     * Starts rclone and waits until it answers.
     *
     * @throws PoolException CONFIG for refused flags, a missing or too old rclone, an unreadable configuration
     */
    public static RcloneDaemon start(Scheduler scheduler, RcloneLaunch launch) throws PoolException {
        return start(scheduler, launch, RcloneCommand.of(launch));
    }

    static RcloneDaemon start(Scheduler scheduler, RcloneLaunch launch, RcloneCommand command) throws PoolException {
        RcloneFlags.check(launch.flags(), launch.environment());
        RcloneDaemon daemon = new RcloneDaemon(scheduler, launch, command);
        daemon.supervisor = scheduler.start("rclone", daemon::supervise);
        try {
            daemon.client(scheduler.deadlineAfter(START_BOUND));
        } catch (PoolException e) {
            daemon.close();
            throw e;
        }
        return daemon;
    }

    /** What {@code core/version} told. */
    public RcloneVersion version() {
        try (Monitor.Hold hold = monitor.enter()) {
            return version == null ? RcloneVersion.OLDEST : version;
        }
    }

    /** How often rclone was started; more than one means that it died. */
    public long starts() {
        try (Monitor.Hold hold = monitor.enter()) {
            return starts;
        }
    }

    /** The process that was started, for status and tests; empty while none runs. */
    public OptionalLong pid() {
        try (Monitor.Hold hold = monitor.enter()) {
            return process == null ? OptionalLong.empty() : OptionalLong.of(process.pid());
        }
    }

    RcloneLaunch launch() {
        return launch;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public RcClient client(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean known = monitor.await(() -> client != null || closed || firstFailure != null, deadlineNanos);
            if (firstFailure != null) {
                throw new PoolException(firstFailure.reason(), String.valueOf(firstFailure.getMessage()), firstFailure);
            }
            if (closed) {
                throw new PoolException(Reason.CLOSED, "rclone is stopped");
            }
            if (!known || client == null) {
                throw new PoolException(Reason.REMOTE_UNAVAILABLE, "rclone is not up: " + log.lastWords());
            }
            return client;
        }
    }

    @Override
    public @Nullable String cutReason(String object) throws PoolException {
        long until = scheduler.deadlineAfter(LOG_LAG);
        String[] found = new String[1];
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> (found[0] = log.takeCutReason(object)) != null, until);
        }
        return found[0];
    }

    @Override
    public RangeServers servers() {
        return servers;
    }

    /** Stops rclone and waits for its end. */
    @Override
    public void close() {
        servers.close();
        Process running;
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            running = process;
            if (client != null) {
                client.close();
                client = null;
            }
            monitor.signalAll();
        }
        if (running != null) {
            stop(running);
        }
        Task task = supervisor;
        if (task != null) {
            try {
                task.join(scheduler.deadlineAfter(STOP_BOUND.plus(STOP_BOUND)));
            } catch (PoolException e) {
                LOG.warn("the task that watches rclone did not end: {}", e.getMessage());
            }
        }
    }

    private void supervise() throws PoolException {
        Duration pause = FIRST_PAUSE;
        while (!isClosed()) {
            long begun = scheduler.clock().monotonicNanos();
            PoolException failure = liveOnce();
            if (failure != null && fails(failure)) {
                return;
            }
            boolean lived = scheduler.clock().monotonicNanos() - begun > GOOD_LIFE.toNanos();
            pause = lived ? FIRST_PAUSE : pause;
            pauseFor(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    /** From start to end of one process. Returns why it did not come up, or null when it did. */
    private @Nullable PoolException liveOnce() throws PoolException {
        String user = Secrets.next(scheduler);
        String password = Secrets.next(scheduler);
        String configPassword = launch.configPassword();
        RcloneLog newLog = new RcloneLog(
                configPassword == null ? List.of(user, password) : List.of(user, password, configPassword));
        Process started;
        try {
            started = command.build(user, password).start();
        } catch (IOException e) {
            return new PoolException(Reason.CONFIG, "rclone cannot be started: " + e.getMessage(), e);
        }
        try (Monitor.Hold hold = monitor.enter()) {
            log = newLog;
            process = started;
            starts++;
        }
        Task reader = scheduler.start("rclone-log", () -> forward(started, newLog));
        PoolException failure = null;
        try {
            if (isClosed()) {
                stop(started);
            } else {
                connect(started, newLog, user, password);
            }
        } catch (PoolException e) {
            failure = e;
            stop(started);
        }
        awaitEnd(started);
        reader.join(scheduler.deadlineAfter(STOP_BOUND));
        keepConfigFile();
        try (Monitor.Hold hold = monitor.enter()) {
            process = null;
            if (client != null) {
                client.close();
                client = null;
            }
            if (!closed && failure == null) {
                LOG.warn("rclone ended with {}, starting it again: {}", started.exitValue(), newLog.lastWords());
            }
        }
        return failure;
    }

    private void connect(Process started, RcloneLog newLog, String user, String password) throws PoolException {
        long deadline = scheduler.deadlineAfter(START_BOUND);
        int port;
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> newLog.port() != 0 || newLog.hasEnded() || closed, deadline);
            port = newLog.port();
        }
        if (port == 0) {
            throw new PoolException(
                    Reason.CONFIG, "rclone (" + launch.binary() + ") does not start: " + words(started, newLog));
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        RcClient newClient = new RcClient(scheduler.clock(), address, user, password);
        RcloneVersion told;
        try {
            told = RcloneVersion.parse(newClient
                    .call("core/version", Map.of(), deadline)
                    .path("version")
                    .asString(""));
        } catch (RcFailure e) {
            throw new PoolException(Reason.CONFIG, "rclone does not tell its version: " + e.text(), e);
        }
        told.checkNotTooOld(launch.binary());
        readConfiguration(started, newLog, newClient, deadline);
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed) {
                newClient.close();
                return;
            }
            version = told;
            client = newClient;
            monitor.signalAll();
        }
        LOG.info("rclone {} runs as process {}", told, started.pid());
    }

    /** rclone reads its configuration at the first use, and ends when it cannot decrypt it: better now than later. */
    private void readConfiguration(Process started, RcloneLog newLog, RcClient newClient, long deadline)
            throws PoolException {
        try {
            newClient.call("config/listremotes", Map.of(), deadline);
        } catch (RcFailure e) {
            throw new PoolException(Reason.CONFIG, "rclone cannot read its configuration: " + e.text(), e);
        } catch (PoolException e) {
            throw new PoolException(
                    Reason.CONFIG, "rclone cannot read its configuration: " + words(started, newLog), e);
        }
    }

    /** The log's last words, once the process had the time to say them. */
    private String words(Process started, RcloneLog newLog) throws PoolException {
        try {
            if (!started.waitFor(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                return "no answer within " + START_BOUND.toSeconds() + " s";
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> !newLog.lastWords().isEmpty(), scheduler.deadlineAfter(LOG_LAG));
            String said = newLog.lastWords();
            return said.isEmpty() ? "it ended without a word; is it rclone?" : said;
        }
    }

    private void forward(Process started, RcloneLog newLog) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String clean = newLog.scrub(line);
                try (Monitor.Hold hold = monitor.enter()) {
                    newLog.learn(clean);
                    monitor.signalAll();
                }
                RcloneLog.forward(clean);
            }
        } catch (IOException e) {
            LOG.debug("rclone's log ended: {}", e.getMessage());
        }
        try (Monitor.Hold hold = monitor.enter()) {
            newLog.end();
            monitor.signalAll();
        }
    }

    /** Only the first start may fail for good: later ones are tried again, since the pool is in use. */
    private boolean fails(PoolException failure) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (version == null) {
                firstFailure = failure;
                monitor.signalAll();
                return true;
            }
        }
        LOG.warn("rclone did not come up again: {}", failure.getMessage());
        return false;
    }

    private void pauseFor(Duration pause) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> closed, scheduler.deadlineAfter(pause));
        }
    }

    private boolean isClosed() {
        try (Monitor.Hold hold = monitor.enter()) {
            return closed;
        }
    }

    /** Gives a configuration file that rclone replaced its former owner. */
    void keepConfigFile() {
        keeper.restore();
    }

    private void awaitEnd(Process started) throws PoolException {
        try {
            while (!started.waitFor(CONFIG_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                keepConfigFile();
            }
        } catch (InterruptedException e) {
            stop(started);
            throw interrupted(e);
        }
    }

    private static void stop(Process running) {
        try {
            // Tells the watchdog; without one the input is not ours to close.
            running.getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("rclone's input was closed already: {}", e.getMessage());
        }
        running.destroy();
        try {
            if (!running.waitFor(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                running.destroyForcibly().waitFor(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static PoolException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new PoolException(Reason.INTERRUPTED, "interrupted while waiting for rclone", cause);
    }
}
