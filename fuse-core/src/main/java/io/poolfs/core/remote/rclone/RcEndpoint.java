package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/** Where an rc server can be reached now: the supervised daemon, or a fake one in tests. Usable from any thread. */
interface RcEndpoint {
    /**
     * The client of the running server. Waits while it is being started again.
     *
     * @throws PoolException REMOTE_UNAVAILABLE when it is not up at the deadline, CONFIG when it cannot be started at
     *     all, CLOSED after the close
     */
    RcClient client(long deadlineNanos) throws PoolException;

    /**
     * Why the server cut the body of an object short, out of its log: it says so nowhere else. Waits a moment for the
     * line to arrive; null when there is none.
     */
    @Nullable
    String cutReason(String object) throws PoolException;

    /** What else may serve objects, in fewer requests; null where nothing does. */
    default @Nullable RangeServers servers() {
        return null;
    }
}
