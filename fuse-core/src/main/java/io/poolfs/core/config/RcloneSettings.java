package io.poolfs.core.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How rclone is started.
 *
 * @param binary a path, or a name that is searched in PATH
 * @param config rclone's configuration file; null: where rclone itself looks
 * @param flags more flags, as the user gave them
 */
public record RcloneSettings(String binary, @Nullable Path config, List<String> flags) {
    public static final RcloneSettings DEFAULT = new RcloneSettings("rclone", null, List.of());

    public RcloneSettings {
        flags = List.copyOf(flags);
    }
}
