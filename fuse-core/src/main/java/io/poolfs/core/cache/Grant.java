package io.poolfs.core.cache;

import io.poolfs.core.model.PoolException;

/**
 * Bytes reserved before a lock was taken, of which the work under the lock takes what it turns out to need. Used by one
 * thread; closing gives the rest back.
 */
final class Grant implements AutoCloseable {
    private final ByteBudget budget;
    private final Budget.Use use;
    private long left;

    Grant(ByteBudget budget, Budget.Use use) {
        this.budget = budget;
        this.use = use;
    }

    Budget.Use use() {
        return use;
    }

    /** Bytes that were reserved elsewhere. */
    void add(long bytes) {
        left += bytes;
    }

    /** Waits until at least so many are there. No lock is held. */
    void reserve(long bytes, long deadlineNanos) throws PoolException {
        if (bytes > left) {
            budget.reserve(use, bytes - left, deadlineNanos);
            left = bytes;
        }
    }

    /** Whether so many are there, if need be by taking what is free at the moment. */
    boolean covers(long bytes) {
        if (bytes > left && budget.take(use, bytes - left)) {
            left = bytes;
        }
        return bytes <= left;
    }

    /** They belong to the image from now on. */
    void spend(long bytes) {
        if (bytes > left) {
            throw new IllegalStateException("spends " + bytes + " of " + left + " reserved bytes");
        }
        left -= bytes;
    }

    @Override
    public void close() {
        long rest = left;
        left = 0;
        budget.release(use, rest);
    }
}
