package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;

/** A started or scheduled action. */
public interface Task {
    /** Keeps a scheduled task from starting. A running one goes on; it ends by the conditions it waits for. */
    void cancel();

    boolean isDone();

    /**
     * Waits for the end and throws what the action threw.
     *
     * @param deadlineNanos on the monotonic clock; {@link Long#MAX_VALUE} waits without one
     * @throws PoolException TIMEOUT at the deadline, INTERRUPTED when the waiting thread is interrupted, else the
     *     action's own
     */
    void join(long deadlineNanos) throws PoolException;
}
