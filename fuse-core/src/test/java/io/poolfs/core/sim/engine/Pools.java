package io.poolfs.core.sim.engine;

import io.poolfs.core.config.Balance;
import io.poolfs.core.config.FsyncMode;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RcloneSettings;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.config.Spread;
import io.poolfs.core.config.TransportChoice;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Timetable;
import io.poolfs.core.remote.PoolMarker;
import io.poolfs.core.remote.RemoteMarker;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.sim.engine.Story.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The pool of a story: its configuration, and the buckets behind its remotes. */
final class Pools {
    static final String DATA = "poolfs_data";
    static final String MANIFESTS = "poolfs_manifests";
    static final PoolId ID = new PoolId(1, 2);

    private Pools() {}

    static RemoteId remoteId(int index) {
        return new RemoteId(7, index + 1);
    }

    static List<SimBucket> buckets(Settings settings) {
        List<SimBucket> buckets = new ArrayList<>();
        for (int i = 0; i < settings.remotes(); i++) {
            SimBucket bucket = new SimBucket("r" + i + ":");
            mark(bucket, i);
            buckets.add(bucket);
        }
        return buckets;
    }

    /** What `poolfs init` leaves on a remote before the first transaction. */
    static void mark(SimBucket bucket, int index) {
        bucket.plant(MANIFESTS + "/pool.json", new PoolMarker(ID, Instant.EPOCH).toBytes());
        bucket.plant(MANIFESTS + "/remote.json", new RemoteMarker(ID, remoteId(index)).toBytes());
    }

    static PoolConfig config(Settings settings, List<SimBucket> buckets) {
        List<RemoteConfig> remotes = new ArrayList<>();
        for (SimBucket bucket : buckets) {
            remotes.add(
                    new RemoteConfig(bucket.name(), 0, true, OptionalLong.empty(), 0, 2, 4, Timetable.NO_LIMIT, 0, 1));
        }
        return new PoolConfig(
                "sim",
                Machine.DISK.resolve("sim.yaml"),
                ID,
                remotes,
                DATA,
                MANIFESTS,
                settings.chunkBytes(),
                Balance.LEAST_USED,
                settings.chunkBytes(),
                Spread.CHUNKS,
                Machine.MEMORY.resolve("cache"),
                settings.cacheBytes(),
                Machine.DISK.resolve("state"),
                Machine.DISK.resolve("state/spill"),
                settings.fsyncLocal() ? FsyncMode.LOCAL : FsyncMode.REMOTE,
                Duration.ofSeconds(120),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                settings.cacheBytes() / 2,
                Duration.ofMinutes(settings.graceMinutes()),
                Duration.ofSeconds(3),
                Timetable.NO_LIMIT,
                TransportChoice.AUTO,
                RcloneSettings.DEFAULT,
                List.of());
    }
}
