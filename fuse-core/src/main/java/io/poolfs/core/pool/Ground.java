package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a pool stands on: threads and time, local files, the metadata engine, the way to its remotes, and which process
 * it is in. {@link RealGround} is the machine; a simulated one runs the same pool. Made for one opening, which closes
 * it.
 */
public interface Ground extends AutoCloseable {
    Scheduler scheduler();

    LocalFiles files();

    /** Which machine, which of its starts and which process this is. */
    HostIdentity identity();

    /** Whether the other is a process that this machine has seen end. */
    boolean isDead(HostIdentity other);

    /** The file system that holds the directory. */
    Surroundings.Volume volume(Path directory);

    /** Opens the metadata engine whose files are in the directory. */
    KeyValueStore openStore(Path directory) throws PoolException;

    /** @param configPassword of an encrypted rclone configuration, or null */
    Connections connect(PoolConfig config, @Nullable String configPassword) throws PoolException;

    /** Ends its threads. */
    @Override
    void close();
}
