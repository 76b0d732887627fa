package io.poolfs.cli.setup;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;

/** rclone for the time of one command. */
@SuppressWarnings("DoNotCallSuggester")
public final class Rclone implements AutoCloseable {
    public static Rclone of(PoolConfig config) throws PoolException {
        throw new PoolException(Reason.UNSUPPORTED, "no rclone yet for " + config.name());
    }

    public void tryOut(String remote, String prefix) throws PoolException {
        throw new PoolException(Reason.UNSUPPORTED, remote + prefix);
    }

    public void reconnect(String remote) throws PoolException {
        throw new PoolException(Reason.UNSUPPORTED, remote);
    }

    @Override
    public void close() {}
}
