package io.poolfs.core.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What changed between the configuration that a mount runs with and the file as it is now.
 *
 * @param onReload keys that take effect at once
 * @param onMount keys that wait for the next mount
 */
public record ConfigChanges(List<ConfigKey> onReload, List<ConfigKey> onMount) {
    public static ConfigChanges between(PoolConfig before, PoolConfig after) {
        List<ConfigKey> onReload = new ArrayList<>();
        List<ConfigKey> onMount = new ArrayList<>();
        Map<ConfigKey, Object> old = values(before);
        values(after).forEach((key, value) -> {
            if (!Objects.equals(old.get(key), value)) {
                (key.applies() == ConfigKey.Applies.ON_RELOAD ? onReload : onMount).add(key);
            }
        });
        return new ConfigChanges(List.copyOf(onReload), List.copyOf(onMount));
    }

    private static Map<ConfigKey, Object> values(PoolConfig config) {
        Map<ConfigKey, Object> values = new EnumMap<>(ConfigKey.class);
        for (ConfigKey key : ConfigKey.values()) {
            values.put(key, value(config, key));
        }
        return values;
    }

    private static Object value(PoolConfig config, ConfigKey key) {
        return switch (key) {
            case REMOTES -> config.remotes();
            case POOL_ID -> String.valueOf(config.poolId());
            case DATA_PREFIX -> config.dataPrefix();
            case MANIFEST_PREFIX -> config.manifestPrefix();
            case CHUNK_SIZE -> config.chunkSizeBytes();
            case BALANCE -> config.balance();
            case BALANCE_SLACK -> config.balanceSlackBytes();
            case SPREAD -> config.spread();
            case CACHE_DIR -> config.cacheDir();
            case CACHE_SIZE -> config.cacheSizeBytes();
            case STATE_DIR -> config.stateDir();
            case SPILL_DIR -> config.spillDir();
            case FSYNC -> config.fsync();
            case FSYNC_TIMEOUT -> config.fsyncTimeout();
            case REMOTE_TIMEOUT -> config.remoteTimeout();
            case STOP_DRAIN_TIMEOUT -> config.stopDrainTimeout();
            case STAGE_AGE -> config.stageAge();
            case PACK_WINDOW -> config.packWindow();
            case SHIP_INTERVAL -> config.shipInterval();
            case READ_AHEAD_MAX -> config.readAheadMaxBytes();
            case GC_GRACE -> config.gcGrace();
            case CLAIM_SETTLE -> config.claimSettle();
            case BANDWIDTH -> config.bandwidth();
            case TRANSPORT -> config.transport();
            case RCLONE_BINARY -> config.rclone().binary();
            case RCLONE_CONFIG -> String.valueOf(config.rclone().config());
            case RCLONE_FLAGS -> config.rclone().flags();
        };
    }
}
