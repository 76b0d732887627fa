package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An rclone that serves the objects of one place and remembers those that it has looked up, so that a range costs one
 * request: {@code rclone serve restic}. On loopback, with random credentials. It starts when it is first wanted; while
 * it is not up, there are other ways to the same bytes. Usable from any thread.
 *
 * <p>As with {@link RcloneDaemon}, the task that starts the process lives as long as it.
 */
final class RangeServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RangeServer.class);

    private static final Duration START_BOUND = Duration.ofSeconds(30);
    private static final Duration END_BOUND = Duration.ofSeconds(3);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration GOOD_LIFE = Duration.ofSeconds(30);

    private final Scheduler scheduler;
    private final RcloneCommand command;
    private final @Nullable String configPassword;
    private final String place;
    private final Monitor monitor;

    private volatile @Nullable HttpPool connections;

    @GuardedByMonitor("monitor")
    private @Nullable Process process;

    @GuardedByMonitor("monitor")
    private @Nullable Task life;

    @GuardedByMonitor("monitor")
    private Duration pause = FIRST_PAUSE;

    @GuardedByMonitor("monitor")
    private long mayStartAt = Long.MIN_VALUE;

    @GuardedByMonitor("monitor")
    private boolean closed;

    RangeServer(Scheduler scheduler, RcloneCommand command, @Nullable String configPassword, String place) {
        this.scheduler = scheduler;
        this.command = command;
        this.configPassword = configPassword;
        this.place = place;
        this.monitor = scheduler.newMonitor("server of " + place);
    }

    /** Connections to it; null while it is not up. */
    @Nullable
    HttpPool connections() {
        HttpPool now = connections;
        if (now != null) {
            return now;
        }
        try (Monitor.Hold hold = monitor.enter()) {
            boolean lives = life != null && !life.isDone();
            if (!closed && !lives && scheduler.clock().monotonicNanos() >= mayStartAt) {
                life = scheduler.start("rclone " + place, this::live);
            }
        }
        return connections;
    }

    private void live() throws PoolException {
        String user = Secrets.next(scheduler);
        String password = Secrets.next(scheduler);
        RcloneLog log = new RcloneLog(
                configPassword == null ? List.of(user, password) : List.of(user, password, configPassword));
        long begunAt = scheduler.clock().monotonicNanos();
        boolean cameUp = false;
        try {
            Process started = command.buildServer(place, user, password).start();
            boolean tooLate;
            try (Monitor.Hold hold = monitor.enter()) {
                process = started;
                tooLate = closed;
            }
            if (tooLate) {
                end(started);
            }
            Task reader = scheduler.start("rclone-log", () -> learn(started, log));
            cameUp = connect(log, user, password);
            if (!cameUp) {
                end(started);
            }
            started.waitFor();
            reader.join(scheduler.deadlineAfter(END_BOUND));
        } catch (IOException e) {
            LOG.debug("rclone cannot serve {}: {}", place, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended(cameUp && scheduler.clock().monotonicNanos() - begunAt > GOOD_LIFE.toNanos(), log);
        }
    }

    private boolean connect(RcloneLog log, String user, String password) throws PoolException {
        int port;
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> log.port() != 0 || log.hasEnded() || closed, scheduler.deadlineAfter(START_BOUND));
            port = log.port();
            if (port == 0 || closed) {
                return false;
            }
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            connections = new HttpPool(scheduler.clock(), address, user, password);
        }
        LOG.debug("rclone serves {}", place);
        return true;
    }

    private void ended(boolean lived, RcloneLog log) {
        try (Monitor.Hold hold = monitor.enter()) {
            HttpPool gone = connections;
            connections = null;
            if (gone != null) {
                gone.close();
            }
            process = null;
            pause = lived ? FIRST_PAUSE : pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            mayStartAt = scheduler.deadlineAfter(pause);
            if (!closed) {
                LOG.info("rclone does not serve {} any more: {}", place, log.lastWords());
            }
        }
    }

    /** What goes wrong there is tried again another way, which tells: nothing of it is worth a warning. */
    private void learn(Process started, RcloneLog log) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String clean = log.scrub(line);
                try (Monitor.Hold hold = monitor.enter()) {
                    log.learn(clean);
                    monitor.signalAll();
                }
                LOG.debug("rclone for {}: {}", place, clean);
            }
        } catch (IOException e) {
            LOG.debug("the log of rclone for {} ended: {}", place, e.getMessage());
        }
        try (Monitor.Hold hold = monitor.enter()) {
            log.end();
            monitor.signalAll();
        }
    }

    /** Ends the process and waits for that. */
    @Override
    public void close() {
        Process running;
        Task task;
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            running = process;
            task = life;
            monitor.signalAll();
        }
        if (running != null) {
            end(running);
        }
        if (task != null) {
            try {
                task.join(scheduler.deadlineAfter(END_BOUND));
            } catch (PoolException e) {
                LOG.warn("rclone for {} did not end: {}", place, e.getMessage());
            }
        }
    }

    /** It only reads: nothing is left to be finished. */
    private static void end(Process running) {
        try {
            // Tells the watchdog, where there is one.
            running.getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("rclone's input was closed already: {}", e.getMessage());
        }
        running.destroyForcibly();
    }
}
