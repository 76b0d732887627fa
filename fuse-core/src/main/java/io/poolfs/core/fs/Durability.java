package io.poolfs.core.fs;

import io.poolfs.core.model.PoolException;

/** What fsync means in this pool ({@code fsync: remote} or {@code local}); the pool wires it. Usable from any thread. */
public interface Durability {
    /**
     * Content of the inode and every namespace change so far are durable when it returns.
     *
     * @throws PoolException what kept it; the data stays staged
     */
    void sync(long inode) throws PoolException;

    /** Every namespace change so far is durable when it returns. */
    void syncNamespace() throws PoolException;

    /** The last transaction that the remotes hold for sure. */
    long shippedTransaction();
}
