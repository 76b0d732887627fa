package io.poolfs.core.stage;

import io.poolfs.core.model.PoolException;

/** Hears that a version of an inode is about to be sealed, while none of it is. */
@FunctionalInterface
public interface BeforeSeal {
    /** A failure keeps the version from being sealed; it is tried again later. */
    void sealing(long inode) throws PoolException;
}
