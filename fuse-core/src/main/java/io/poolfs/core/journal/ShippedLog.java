package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/** How far the journal is on the remotes. What stage and fs see of the journal. Usable from any thread. */
public interface ShippedLog {
    /** The last transaction that a quorum holds and that no newer epoch disputes. */
    long shippedTransaction();

    /**
     * Ships at once and waits.
     *
     * @throws PoolException FENCED, NO_QUORUM or TIMEOUT at the deadline, REMOTE_FULL when every member says so; the transaction stays in the local journal
     */
    void awaitShipped(long transaction, long deadlineNanos) throws PoolException;

    /** Makes the local journal durable against a power loss up to here ({@code fsync: local}). */
    void syncLocally() throws PoolException;

    /** The epoch that this mount writes as; 0 while it has none (read-only, or not claimed yet). */
    long epoch();

    /** Why there is no epoch yet; null when nothing is known against it. */
    default @Nullable PoolException claimError() {
        return null;
    }

    /** Not null once writing has ended for good: why (FENCED, read-only). */
    @Nullable
    PoolException fenced();
}
