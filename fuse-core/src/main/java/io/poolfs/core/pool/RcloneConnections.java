package io.poolfs.core.pool;

import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.directory.DirectoryStore;
import io.poolfs.core.remote.rclone.PlainDirectory;
import io.poolfs.core.remote.rclone.RcloneConfig;
import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Remotes over one rclone, which ends with it; those that are plain directories without it. */
final class RcloneConnections implements Connections {
    private final Scheduler scheduler;
    private final RcloneDaemon rclone;

    RcloneConnections(Scheduler scheduler, RcloneDaemon rclone) {
        this.scheduler = scheduler;
        this.rclone = rclone;
    }

    @Override
    public void requireKnown(String remote) throws PoolException {
        new RcloneConfig(rclone).requireKnown(remote);
    }

    @Override
    public Connection open(String remote, Duration timeout) throws PoolException {
        Optional<Path> directory = new PlainDirectory(rclone).of(remote);
        if (directory.isPresent()) {
            DirectoryStore store = DirectoryStore.open(scheduler, RealFiles.shared(), remote, directory.get(), timeout);
            return new Connection(store, store);
        }
        RcloneStore store = RcloneStore.open(rclone, remote, timeout);
        return new Connection(store, store);
    }

    @Override
    public void close() {
        rclone.close();
    }
}
