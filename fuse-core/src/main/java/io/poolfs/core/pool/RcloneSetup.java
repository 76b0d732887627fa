package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.remote.rclone.RcloneLaunch;
import org.jspecify.annotations.Nullable;

/** How the configuration wants rclone to be run. */
final class RcloneSetup {
    private RcloneSetup() {}

    static RcloneLaunch launch(PoolConfig config, @Nullable String configPassword) {
        return new RcloneLaunch(
                config.rclone().binary(),
                config.rclone().config(),
                configPassword,
                config.rclone().flags(),
                System.getenv(),
                config.remoteTimeout());
    }
}
