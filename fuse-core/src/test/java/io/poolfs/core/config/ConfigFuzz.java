package io.poolfs.core.config;

import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Configurations, as a target. */
public final class ConfigFuzz {
    private static final List<String> EXAMPLES = List.of("""
            # a pool
            pool_id: "0123456789abcdef0123456789abcdef"
            remotes:
              - {name: "a:", priority: 2, enabled: false, capacity: 20G, min_free: 1G, uploads: 1, downloads: 8,
                 bandwidth: 5M, requests_per_second: 2.5, weight: 3}
              - name: b,option=value:path
              - /mnt/disk
            data_prefix: d/e
            chunk_size: 64M
            balance: round-robin
            cache_dir: ~/cache
            cache_size: 10%
            fsync_timeout: 2m
            rclone_flags: [--fast-list, "--user-agent=x"]
            """, """
            {"remotes": ["a:", "b:"], "chunk_size": 104857600, "temp_dir": "/dev/shm/x", "use_crypt": false,
             "data_prefix": "old", "manifest_prefix": "old_manifests"}
            """);

    private ConfigFuzz() {}

    public static List<FuzzTarget> targets() {
        ConfigReader reader = new ConfigReader(FakeSurroundings.user());
        return List.of(new FuzzTarget(
                "configuration",
                EXAMPLES.stream()
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                Set.of(Reason.CONFIG, Reason.INVALID),
                64 * FuzzTarget.MIB,
                30,
                input -> {
                    PoolConfig config =
                            reader.parse("media", Path.of("/c/media.yaml"), new String(input, StandardCharsets.UTF_8));
                    for (String prefix : List.of(config.dataPrefix(), config.manifestPrefix())) {
                        Path root = Path.of("/remote");
                        if (!root.resolve(prefix).normalize().startsWith(root)) {
                            throw new AssertionError("leads out: " + prefix);
                        }
                    }
                }));
    }
}
