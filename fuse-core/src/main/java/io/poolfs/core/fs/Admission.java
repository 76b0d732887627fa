package io.poolfs.core.fs;

import io.poolfs.core.model.PoolException;

/** Decides whether the pool has room for bytes that are about to be staged. Cheap: asked on each write. */
@FunctionalInterface
public interface Admission {
    /** NO_SPACE when what is staged would exceed the known free space of the remotes. */
    void admit(long bytes) throws PoolException;
}
