package io.poolfs.core.sim;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;

/** The parts of a pool that a simulated process runs. Used on tasks of the simulation. */
interface PoolProcess {
    /** Opened and brought to the end of what survived; nothing new was written yet. */
    Metadata metadata();

    /**
     * Gets in touch with the remotes.
     *
     * @param wait until they have agreed; changes are possible before
     */
    void start(boolean wait) throws PoolException;

    /** Makes what changes are due before all others. */
    void repair() throws PoolException;

    /** What is done now and then. */
    void maintain() throws PoolException;

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
