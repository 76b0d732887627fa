package io.poolfs.core.sim;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;

/** The parts of a pool that a simulated process runs. Used on tasks of the simulation. */
interface PoolProcess {
    /** Opened and brought to the end of what survived; nothing new was written yet. */
    Metadata metadata();

    /** Gets ready for changes: claims, repairs. */
    void start() throws PoolException;

    /** The last transaction that the process knows to be safe from everything. */
    long shippedTransaction();

    /** Returns when the transaction is safe from everything. */
    void awaitShipped(long transaction, long deadlineNanos) throws PoolException;

    /** An orderly end. */
    void stop() throws PoolException;

    /** Opens the pool in a new process. */
    interface Opener {
        PoolProcess open(SimWorld world, History history, Death before) throws PoolException;
    }
}
