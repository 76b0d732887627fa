package io.poolfs.mount;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks a place to mount at, with messages that say what to do. */
final class MountPoint {
    private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);
    static final String TYPE = "fuse.poolfs";
    private static final Path DEVICE = Path.of("/dev/fuse");
    private static final Path CONFIGURATION = Path.of("/etc/fuse.conf");

    private final MountSettings settings;
    private final Unmounter unmounter;

    MountPoint(MountSettings settings, Unmounter unmounter) {
        this.settings = settings;
        this.unmounter = unmounter;
    }

    void check() throws PoolException {
        if (!Files.exists(DEVICE)) {
            throw new PoolException(
                    Reason.UNSUPPORTED,
                    DEVICE + " does not exist: load the module with \"modprobe fuse\"; a container needs"
                            + " --device /dev/fuse --cap-add SYS_ADMIN");
        }
        if (!unmounter.isPrivileged()) {
            unmounter.checkTool();
            checkAllowOther();
        }
        checkDirectory();
    }

    private void checkAllowOther() throws PoolException {
        if (settings.allowOther() && !isAllowOtherAllowed(CONFIGURATION)) {
            throw new PoolException(
                    Reason.CONFIG,
                    "allow_other needs root, or the line user_allow_other in " + CONFIGURATION
                            + " (which only root can write)");
        }
    }

    static boolean isAllowOtherAllowed(Path configuration) {
        try (var lines = Files.lines(configuration)) {
            return lines.anyMatch(line -> line.strip().equals("user_allow_other"));
        } catch (IOException e) {
            return false;
        }
    }

    private void checkDirectory() throws PoolException {
        Path directory = settings.mountPoint();
        try {
            checkAttributes(directory, Files.readAttributes(directory, BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            throw new PoolException(
                    Reason.NOT_FOUND, "mount point " + directory + " does not exist: make it with mkdir -p", e);
        } catch (IOException e) {
            clearLeftover(directory, e);
        }
        checkEmpty(directory);
    }

    private static void checkAttributes(Path directory, BasicFileAttributes attributes) throws PoolException {
        if (!attributes.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, "mount point " + directory + " is not a directory");
        }
        if (MountTable.topmostAt(real(directory))
                .filter(line -> line.type().equals(TYPE))
                .isPresent()) {
            throw new PoolException(
                    Reason.BUSY, "a pool is already mounted at " + directory + ": unmount it with poolfs unmount");
        }
    }

    private static void checkEmpty(Path directory) throws PoolException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            if (entries.iterator().hasNext()) {
                throw new PoolException(
                        Reason.NOT_EMPTY, "mount point " + directory + " is not empty: its files would be hidden");
            }
        } catch (IOException e) {
            throw new PoolException(
                    Reason.ACCESS_DENIED, "cannot read mount point " + directory + ": " + e.getMessage(), e);
        }
    }

    /** A daemon that was killed leaves its mount behind, and every access to it fails. */
    private void clearLeftover(Path directory, IOException failure) throws PoolException {
        if (MountTable.topmostAt(directory)
                .filter(line -> line.type().equals(TYPE))
                .isEmpty()) {
            throw new PoolException(
                    Reason.ACCESS_DENIED,
                    "cannot look at mount point " + directory + ": " + failure.getMessage(),
                    failure);
        }
        LOG.warn("{} holds the mount of a daemon that is gone: unmounting it", directory);
        unmounter.unmountLazily(directory);
    }

    /** The path without symlinks, as the mount table has it. */
    static Path real(Path directory) throws PoolException {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            throw new PoolException(
                    Reason.ACCESS_DENIED, "cannot resolve mount point " + directory + ": " + e.getMessage(), e);
        }
    }
}
