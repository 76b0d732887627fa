package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.LmdbStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** This process on this machine: its threads, its files, LMDB, and one rclone. */
final class RealGround implements Ground {
    private final RealScheduler scheduler = RealScheduler.create();
    private final LocalFiles files = RealFiles.create();

    @Override
    public Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public LocalFiles files() {
        return files;
    }

    @Override
    public HostIdentity identity() {
        return ThisHost.identity();
    }

    @Override
    public boolean isDead(HostIdentity other) {
        return ThisHost.isDead(other);
    }

    @Override
    public Surroundings.Volume volume(Path directory) {
        return Surroundings.ofThisProcess().volume(directory);
    }

    @Override
    public KeyValueStore openStore(Path directory) throws PoolException {
        return LmdbStore.open(directory, scheduler);
    }

    @Override
    public Connections connect(PoolConfig config, @Nullable String configPassword) throws PoolException {
        return new RcloneConnections(
                scheduler, RcloneDaemon.start(scheduler, RcloneSetup.launch(config, configPassword)));
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
