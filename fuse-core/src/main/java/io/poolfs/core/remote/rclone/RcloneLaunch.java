package io.poolfs.core.remote.rclone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to run rclone.
 *
 * @param binary a path, or a name to be found in PATH
 * @param config rclone's configuration file; null: rclone's default
 * @param configPassword of an encrypted configuration file; passed by environment only
 * @param flags of the user, checked by {@link RcloneFlags}
 * @param environment that rclone inherits; its RCLONE_* variables are checked too
 * @param timeout of one answer; also given to rclone for its own connections
 */
public record RcloneLaunch(
        String binary,
        @Nullable Path config,
        @Nullable String configPassword,
        List<String> flags,
        Map<String, String> environment,
        Duration timeout) {

    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public RcloneLaunch {
        flags = List.copyOf(flags);
        environment = Map.copyOf(environment);
    }

    /** rclone from PATH with its own configuration file and this process's environment. */
    public static RcloneLaunch defaults() {
        return new RcloneLaunch("rclone", null, null, List.of(), System.getenv(), DEFAULT_TIMEOUT);
    }

    public RcloneLaunch withConfig(@Nullable Path file) {
        return new RcloneLaunch(binary, file, configPassword, flags, environment, timeout);
    }

    public RcloneLaunch withBinary(String path) {
        return new RcloneLaunch(path, config, configPassword, flags, environment, timeout);
    }

    public RcloneLaunch withFlags(List<String> userFlags) {
        return new RcloneLaunch(binary, config, configPassword, userFlags, environment, timeout);
    }

    public RcloneLaunch withTimeout(Duration answer) {
        return new RcloneLaunch(binary, config, configPassword, flags, environment, answer);
    }

    public RcloneLaunch withConfigPassword(@Nullable String password) {
        return new RcloneLaunch(binary, config, password, flags, environment, timeout);
    }

    /** The configuration file, or where rclone looks for it first when none is set. */
    Path likelyConfig() {
        if (config != null) {
            return config;
        }
        String given = environment.getOrDefault("RCLONE_CONFIG", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        String home = environment.getOrDefault("HOME", "/root");
        String folder = environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config");
        return Path.of(folder, "rclone", "rclone.conf");
    }

    /** Without passwords. */
    @Override
    public String toString() {
        return "rclone " + binary + (config == null ? "" : " with " + config) + " " + flags;
    }
}
