package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** Writes a configuration that explains itself: what was chosen as keys, every other key as a comment. */
public final class ConfigWriter {
    private static final int COMMENT_COLUMN = 44;

    private ConfigWriter() {}

    /** The text of a configuration. {@code chosen} holds values as they stand in the file. */
    public static String text(String pool, List<RemoteConfig> remotes, Map<ConfigKey, String> chosen) {
        StringBuilder text = new StringBuilder();
        text.append("# poolfs: the pool \"").append(pool).append("\".\n");
        text.append(
                "# After a change of `remotes` or `bandwidth`: poolfs reload. Every other key: at the next mount.\n");
        text.append("# Keys behind a # show their defaults.\n\n");
        text.append("remotes:\n");
        remotes.forEach(remote -> text.append("  ").append(remoteLine(remote)).append('\n'));
        text.append('\n');
        for (ConfigKey key : ConfigKey.values()) {
            if (key != ConfigKey.REMOTES) {
                String value = chosen.get(key);
                String shown = value != null ? scalar(key, value) : key.defaultText();
                String line = (value != null ? "" : "# ") + key.word() + ": " + shown;
                text.append(line.stripTrailing())
                        .append(" ".repeat(Math.max(2, COMMENT_COLUMN - line.length())))
                        .append("# ")
                        .append(key.help())
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** Replaces the file as a whole, readable by its owner only. */
    public static void write(Path file, String text) throws PoolException {
        Path directory = file.toAbsolutePath().getParent();
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path temporary = Files.createTempFile(directory, ".poolfs", ".tmp"); // made 0600 by the JDK
            Files.writeString(temporary, text);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new PoolException(Reason.CONFIG, "cannot write the configuration " + file + ": " + e.getMessage(), e);
        }
    }

    /** One remote as an item of the list. */
    static String remoteLine(RemoteConfig remote) {
        RemoteConfig usual = RemoteConfig.of(remote.name());
        StringBuilder line = new StringBuilder("- {name: ").append(quoted(remote.name()));
        line.append(", priority: ").append(remote.priority());
        line.append(", enabled: ").append(remote.enabled());
        remote.capacityBytes().ifPresent(bytes -> line.append(", capacity: ").append(Quantities.exactSize(bytes)));
        if (remote.minFreeBytes() != RemoteConfig.defaultMinFree(remote.capacityBytes())) {
            line.append(", min_free: ").append(Quantities.exactSize(remote.minFreeBytes()));
        }
        line.append(", uploads: ").append(remote.uploads());
        line.append(", downloads: ").append(remote.downloads());
        if (!remote.bandwidth().equals(usual.bandwidth())) {
            line.append(", bandwidth: ").append(quoted(Rates.text(remote.bandwidth())));
        }
        if (remote.requestsPerSecond() != usual.requestsPerSecond()) {
            line.append(", requests_per_second: ").append(remote.requestsPerSecond());
        }
        if (remote.weight() != usual.weight()) {
            line.append(", weight: ").append(remote.weight());
        }
        return line.append('}').toString();
    }

    private static String scalar(ConfigKey key, String value) {
        return switch (key) {
            case RCLONE_FLAGS -> value;
            case BANDWIDTH,
                    CACHE_DIR,
                    STATE_DIR,
                    SPILL_DIR,
                    RCLONE_BINARY,
                    RCLONE_CONFIG,
                    DATA_PREFIX,
                    MANIFEST_PREFIX,
                    POOL_ID -> quoted(value);
            default -> value;
        };
    }

    /** A YAML double-quoted scalar. */
    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
