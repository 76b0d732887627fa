package io.poolfs.core.remote;

import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import org.jspecify.annotations.Nullable;

/**
 * What a remote must turn out to be.
 *
 * @param manifestPrefix folder of its marker
 * @param pool whose remote it must be; null: of any pool
 * @param id that it must have; null: the one with which it is first seen
 * @param ids of the pool's other remotes, which it must not have
 */
public record ExpectedRemote(
        String manifestPrefix,
        @Nullable PoolId pool,
        @Nullable RemoteId id,
        RemoteIds ids) {}
