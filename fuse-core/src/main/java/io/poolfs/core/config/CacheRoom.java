package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;

/** Whether the file system under {@code cache_dir} can hold the budget. */
public final class CacheRoom {
    /** Besides the budget: maps of images, and what a file system needs for itself. */
    private static final long BESIDE_BYTES = 2L << 20;

    private CacheRoom() {}

    /** CONFIG, with the figures and what to do, when it cannot. A volume that does not tell its size is believed in. */
    public static void require(PoolConfig config, Surroundings.Volume volume) throws PoolException {
        long needed = config.cacheSizeBytes() + BESIDE_BYTES;
        if (volume.totalBytes() <= 0 || volume.totalBytes() >= needed) {
            return;
        }
        throw new PoolException(
                Reason.CONFIG,
                "cache_dir " + config.cacheDir() + " lies on a " + (volume.inMemory() ? "tmpfs" : "file system")
                        + " of "
                        + Quantities.readableSize(volume.totalBytes()) + ", but a cache_size of "
                        + Quantities.readableSize(config.cacheSizeBytes()) + " needs "
                        + Quantities.readableSize(needed) + " (cache_size is at least "
                        + Quantities.readableSize(CacheSize.LEAST) + "): "
                        + (volume.inMemory()
                                ? "enlarge the tmpfs (mount -o remount,size=64M; a container: --shm-size=2g)"
                                : "make room")
                        + ", or set another cache_dir"
                        + (config.cacheSizeBytes() > CacheSize.LEAST ? " or a smaller cache_size" : ""));
    }
}
