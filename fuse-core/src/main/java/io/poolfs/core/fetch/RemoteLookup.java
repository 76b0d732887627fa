package io.poolfs.core.fetch;

import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import org.jspecify.annotations.Nullable;

/** Finds the remote of a chunk. */
@FunctionalInterface
public interface RemoteLookup {
    /** Null when no remote of this id is configured or has been seen yet. */
    @Nullable
    Remote find(RemoteId id);
}
