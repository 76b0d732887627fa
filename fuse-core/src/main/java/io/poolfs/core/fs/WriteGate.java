package io.poolfs.core.fs;

import io.poolfs.core.model.PoolException;

/** Whether the pool takes changes now. */
@FunctionalInterface
public interface WriteGate {
    /** READ_ONLY with the reason (mounted read-only, fenced by another mount) when it does not. */
    void check() throws PoolException;
}
