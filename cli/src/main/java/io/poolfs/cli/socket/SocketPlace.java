package io.poolfs.cli.socket;

import io.poolfs.core.config.PoolConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/** Where a pool's daemon listens. */
public final class SocketPlace {
    /** The kernel takes 107 bytes. */
    private static final int MAX_BYTES = 100;

    private static final String NAME = "daemon.sock";

    private SocketPlace() {}

    /** In the state directory; in the cache directory or {@code /tmp} when that path is too long for a socket. */
    public static Path of(PoolConfig config) {
        Path usual = config.stateDir().resolve(NAME);
        if (fits(usual)) {
            return usual;
        }
        Path shorter = config.cacheDir().resolve(NAME);
        if (fits(shorter)) {
            return shorter;
        }
        UUID id = UUID.nameUUIDFromBytes(config.stateDir().toString().getBytes(StandardCharsets.UTF_8));
        return Path.of("/tmp", "poolfs-" + id, NAME);
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }
}
