package io.poolfs.core.pool;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteOrigin;
import io.poolfs.core.remote.RemoteStore;
import java.time.Duration;

/** The way to the remotes of a pool, as far as nothing of the pool is known yet. Usable from any thread. */
public interface Connections extends AutoCloseable {
    /** CONFIG when there is no remote of this name. */
    void requireKnown(String remote) throws PoolException;

    /** @param timeout of one answer */
    Connection open(String remote, Duration timeout) throws PoolException;

    @Override
    void close();

    /** A bare store, and where its objects really lie. */
    record Connection(RemoteStore store, RemoteOrigin origin) {}
}
