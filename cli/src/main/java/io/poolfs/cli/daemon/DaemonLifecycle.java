package io.poolfs.cli.daemon;

import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.KernelView;
import io.poolfs.cli.service.Lifecycle;
import io.poolfs.cli.service.OpenPool;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.stage.Stager;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The daemon as the clients of its socket see it. */
final class DaemonLifecycle implements Lifecycle {
    private static final long REPORT_MILLIS = 200;
    private static final long ANSWER_SECONDS = 5;

    private final OpenPool pool;
    private final Daemon.Session session;
    private final Instant since = Instant.now();
    /** Clients that wait for the end: they get their answer before the socket closes. */
    private final Phaser stopping = new Phaser(1);

    DaemonLifecycle(OpenPool pool, Daemon.Session session) {
        this.pool = pool;
        this.session = session;
    }

    @Override
    public String state() {
        return session.state();
    }

    @Override
    public @Nullable String mountpoint() {
        Path at = session.mountpoint();
        return at == null ? null : at.toString();
    }

    @Override
    public Instant since() {
        return since;
    }

    @Override
    public KernelView kernel() {
        return session.kernel();
    }

    @Override
    public Answers.Stopped stop(long drainMillis, Progress.Listener listener) throws PoolException {
        stopping.register();
        try {
            long atStart = pool.stager().status().stagedBytes();
            Duration drain = drainMillis < 0 ? pool.config().stopDrainTimeout() : Duration.ofMillis(drainMillis);
            session.requestStop(drain);
            while (!session.awaitFinished(REPORT_MILLIS)) {
                Stager.Status left = pool.stager().status();
                long done = Math.max(0, atStart - left.stagedBytes());
                listener.update(new Progress("uploading", done, Math.max(atStart, left.stagedBytes()), "bytes", null));
            }
            Answers.Stopped outcome = session.outcome();
            return outcome == null ? new Answers.Stopped(0, 0, null) : outcome;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted while stopping", e);
        } finally {
            stopping.arriveAndDeregister();
        }
    }

    @Override
    public void mountAgain(String mountpoint, List<String> options, String source) throws PoolException {
        session.join(new MountOrder(Path.of(mountpoint), source, String.join(",", options), false, false));
    }

    @Override
    public void serviceClosed() {
        // the pool stays open for the others
    }

    /** Waits until everyone who asked for the stop has left {@link #stop}, for some seconds at most. */
    void awaitAnswered() {
        try {
            stopping.awaitAdvanceInterruptibly(stopping.arrive(), ANSWER_SECONDS, TimeUnit.SECONDS);
            TimeUnit.MILLISECONDS.sleep(REPORT_MILLIS); // the answers are on their way out of the socket
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            return; // a client that stopped reading
        }
    }
}
