package io.poolfs.core.stage;

import io.poolfs.core.model.PoolException;

/** {@code fsync: local}: makes staged content survive a power loss without any remote. Usable from any thread. */
@FunctionalInterface
public interface DurableStage {
    /**
     * The content of the inode and every namespace change so far survive a power loss when this returns.
     *
     * @throws PoolException NO_SPACE or LOCAL_IO of the disk; the data stays staged
     */
    void sync(long inode) throws PoolException;
}
