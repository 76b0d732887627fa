package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import org.jspecify.annotations.Nullable;

/** A remote of the pool: its store behind retry, limits and health, its identity, and what is known of its state. */
public interface Remote {
    /** The name in the configuration. */
    String name();

    /** The id in its {@code remote.json}; null until it was first seen. */
    @Nullable
    RemoteId id();

    /** The store with all decorators: calls fail fast with REMOTE_UNAVAILABLE while the remote is down. */
    RemoteStore store();

    RemoteStatus status();

    /** What goes on there now. */
    default RemoteActivity activity() {
        return RemoteActivity.none(name());
    }

    /** An object of so many bytes was deleted: what is known of its room is to count that. */
    default void freed(long bytes) {
        // Who does not keep count has nothing to do.
    }

    /** Bytes from there are not what was put: to be seen in its status. */
    default void delivered(PoolException damage) {
        // Who has no status has nothing to do.
    }
}
