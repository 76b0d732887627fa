package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;
import java.util.function.BooleanSupplier;

/**
 * A reentrant lock with one condition: the only way in which the engine waits. What may be held while a task waits or
 * does I/O must be a Monitor, never {@code synchronized}, so that the simulated scheduler sees every wait.
 *
 * <pre>{@code
 * try (Monitor.Hold hold = monitor.enter()) {
 *     if (!monitor.await(() -> free > 0, deadline)) { ... timed out ... }
 *     free--;
 * }
 * }</pre>
 */
public interface Monitor {
    /** Takes the lock. */
    Hold enter();

    /**
     * With the lock held: gives it up until the condition is true, and takes it again. The condition is evaluated with
     * the lock held, at first at once.
     *
     * @param deadlineNanos on the monotonic clock; {@link Long#MAX_VALUE} waits without one
     * @return whether the condition is true; false at the deadline
     * @throws PoolException INTERRUPTED when the thread is interrupted
     */
    boolean await(BooleanSupplier condition, long deadlineNanos) throws PoolException;

    /** With the lock held: lets everyone who waits look at their condition again. */
    void signalAll();

    boolean isHeldByCurrentThread();

    /** A taken lock; closing gives it back. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }
}
