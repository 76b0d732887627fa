package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The device of a remote that is a local directory. rclone makes the missing folder of an unplugged disk without a
 * word; the device number tells. Usable from any thread.
 */
final class LocalDevice {
    private static final long UNBOUND = Long.MIN_VALUE;
    private static final long ABSENT = Long.MIN_VALUE + 1;

    private final Path directory;
    private volatile long bound = UNBOUND;

    LocalDevice(Path directory) {
        this.directory = directory;
    }

    /** The number of the device that would hold the directory, which may not exist yet. */
    long number() throws PoolException {
        for (Path path = directory.toAbsolutePath(); path != null; path = path.getParent()) {
            Long number = numberOf(path);
            if (number != null) {
                return number;
            }
        }
        throw new PoolException(Reason.REMOTE_MISSING, directory + ": no device found");
    }

    /** Remembers where the directory lies now, or that it is absent. */
    void bind() throws PoolException {
        Long number = numberOf(directory);
        bound = number == null ? ABSENT : number;
    }

    /** REMOTE_MISSING when the directory is gone, or lies elsewhere than when it was bound. */
    void check() throws PoolException {
        long expected = bound;
        if (expected == UNBOUND) {
            return;
        }
        Long number = numberOf(directory);
        if (number == null || number != expected) {
            throw new PoolException(
                    Reason.REMOTE_MISSING,
                    directory + (number == null ? " is gone" : " lies on another device than before")
                            + ": is the disk unplugged or not mounted?");
        }
    }

    private static @Nullable Long numberOf(Path path) throws PoolException {
        try {
            return Files.exists(path) && Files.getAttribute(path, "unix:dev") instanceof Long number ? number : null;
        } catch (IOException e) {
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, path + ": " + e.getMessage(), e);
        }
    }
}
