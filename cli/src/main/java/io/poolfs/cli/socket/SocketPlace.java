package io.poolfs.cli.socket;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
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

    /**
     * ACCESS_DENIED when what is there was not made by whoever has the state directory: outside of that another user may
     * have been first.
     */
    public static void requireGenuine(Path socket, PoolConfig config) throws PoolException {
        Path directory = socket.getParent();
        if (socket.startsWith(config.stateDir()) || directory == null) {
            return;
        }
        try {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
                    && !owner(directory).equals(owner(ours(config)))) {
                throw new PoolException(
                        Reason.ACCESS_DENIED,
                        directory + " belongs to another user than " + config.stateDir()
                                + ": what listens there is not the pool's daemon");
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot look at " + directory + ": " + e.getMessage(), e);
        }
    }

    /** What has the owner that a socket must have. */
    private static Path ours(PoolConfig config) {
        return Files.exists(config.stateDir()) ? config.stateDir() : Path.of("/proc/self");
    }

    private static UserPrincipal owner(Path path) throws IOException {
        return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }
}
