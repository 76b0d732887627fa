package io.poolfs.cli.setup;

import io.poolfs.core.config.RcloneSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be made or attached.
 *
 * @param places remotes as rclone names them, and local directories
 * @param secret null: the places are used as they are; else each that is no crypt remote gets one
 * @param cacheDir null: the default; likewise the rest
 */
public record PoolPlan(
        String pool,
        Path configFile,
        List<String> places,
        @Nullable CryptSecret secret,
        RcloneSettings rclone,
        String dataPrefix,
        String manifestPrefix,
        @Nullable Path cacheDir,
        @Nullable Path stateDir,
        @Nullable Path spillDir,
        @Nullable String chunkSize,
        @Nullable String cacheSize,
        @Nullable String spread) {}
