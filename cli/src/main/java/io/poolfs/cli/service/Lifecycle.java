package io.poolfs.cli.service;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keeps a pool open: a daemon with a mount, or one command. */
public interface Lifecycle {
    /** mounted, draining, open. */
    String state();

    @Nullable
    String mountpoint();

    Instant since();

    /** What the kernel knows through the mount, if there is one now. */
    KernelView kernel();

    Answers.Stopped stop(long drainMillis, Progress.Listener listener) throws PoolException;

    void mountAgain(String mountpoint, List<String> options, String source) throws PoolException;

    /** A service over the pool was closed. */
    void serviceClosed();

    /** Of a pool that a command opened for itself: closing its service runs {@code close}. */
    static Lifecycle ofCommand(Instant since, Runnable close) {
        return new Lifecycle() {
            @Override
            public String state() {
                return "open";
            }

            @Override
            public @Nullable String mountpoint() {
                return null;
            }

            @Override
            public Instant since() {
                return since;
            }

            @Override
            public KernelView kernel() {
                return KernelView.NONE;
            }

            @Override
            public Answers.Stopped stop(long drainMillis, Progress.Listener listener) throws PoolException {
                throw new PoolException(Reason.CLOSED, "the pool is not mounted");
            }

            @Override
            public void mountAgain(String mountpoint, List<String> options, String source) throws PoolException {
                throw new PoolException(Reason.CLOSED, "the pool is not mounted");
            }

            @Override
            public void serviceClosed() {
                close.run();
            }
        };
    }
}
