package io.poolfs.core.pool;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.rclone.RcloneConfig;
import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneStore;
import java.time.Duration;

/** Remotes over one rclone, which ends with it. */
final class RcloneConnections implements Connections {
    private final RcloneDaemon rclone;

    RcloneConnections(RcloneDaemon rclone) {
        this.rclone = rclone;
    }

    @Override
    public void requireKnown(String remote) throws PoolException {
        new RcloneConfig(rclone).requireKnown(remote);
    }

    @Override
    public Connection open(String remote, Duration timeout) throws PoolException {
        RcloneStore store = RcloneStore.open(rclone, remote, timeout);
        return new Connection(store, store);
    }

    @Override
    public void close() {
        rclone.close();
    }
}
