package io.poolfs.cli.setup;

import io.poolfs.core.config.CacheRoom;
import io.poolfs.core.config.CacheSize;
import io.poolfs.core.config.ConfigKey;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.ConfigWriter;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the configuration of a plan, with the defaults of this machine as absolute paths. */
final class ConfigDraft {
    private final Surroundings surroundings;

    ConfigDraft(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The configuration as it would be; nothing is written. */
    PoolConfig preview(PoolPlan plan, List<String> remotes, @Nullable PoolId id) throws PoolException {
        return new ConfigReader(surroundings).parse(plan.pool(), plan.configFile(), text(plan, remotes, id));
    }

    PoolConfig write(PoolPlan plan, List<String> remotes, PoolId id) throws PoolException {
        ConfigWriter.write(plan.configFile(), text(plan, remotes, id));
        return new ConfigReader(surroundings).read(plan.pool(), plan.configFile());
    }

    private String text(PoolPlan plan, List<String> remotes, @Nullable PoolId id) throws PoolException {
        List<RemoteConfig> list = remotes.stream().map(RemoteConfig::of).toList();
        Map<ConfigKey, String> chosen = new EnumMap<>(ConfigKey.class);
        put(chosen, ConfigKey.POOL_ID, id);
        put(chosen, ConfigKey.DATA_PREFIX, plan.dataPrefix());
        put(chosen, ConfigKey.MANIFEST_PREFIX, plan.manifestPrefix());
        put(chosen, ConfigKey.CACHE_DIR, plan.cacheDir());
        put(chosen, ConfigKey.STATE_DIR, plan.stateDir());
        put(chosen, ConfigKey.SPILL_DIR, plan.spillDir());
        put(chosen, ConfigKey.CACHE_SIZE, plan.cacheSize());
        put(chosen, ConfigKey.CHUNK_SIZE, plan.chunkSize());
        put(chosen, ConfigKey.SPREAD, plan.spread());
        put(chosen, ConfigKey.RCLONE_BINARY, plan.rclone().binary());
        put(chosen, ConfigKey.RCLONE_CONFIG, plan.rclone().config());
        // Read once for the defaults of this machine, then again with them made explicit.
        ConfigReader reader = new ConfigReader(surroundings);
        PoolConfig resolved =
                reader.parse(plan.pool(), plan.configFile(), ConfigWriter.text(plan.pool(), list, chosen));
        put(chosen, ConfigKey.CACHE_DIR, resolved.cacheDir());
        put(chosen, ConfigKey.STATE_DIR, resolved.stateDir());
        put(chosen, ConfigKey.SPILL_DIR, resolved.spillDir());
        CacheRoom.require(resolved, surroundings.volume(resolved.cacheDir()));
        long fitting = CacheSize.fittingChunkSize(resolved.chunkSizeBytes(), resolved.cacheSizeBytes());
        if (fitting < resolved.chunkSizeBytes()) {
            put(chosen, ConfigKey.CHUNK_SIZE, Quantities.exactSize(fitting));
        }
        return ConfigWriter.text(plan.pool(), list, chosen);
    }

    private static void put(Map<ConfigKey, String> chosen, ConfigKey key, @Nullable Object value) {
        if (value != null) {
            chosen.put(
                    key,
                    value instanceof Path path
                            ? path.toAbsolutePath().normalize().toString()
                            : value.toString());
        }
    }
}
