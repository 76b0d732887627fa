package io.poolfs.mount;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.system.SystemCalls;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks a place to mount at, with messages that say what to do. */
final class MountPoint {
    private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);
    private static final String TYPE = "fuse.poolfs";
    private static final Path DEVICE = FuseDevice.PATH;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SHELL_PATIENCE = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Path CONFIGURATION = Path.of("/etc/fuse.conf");

    private final MountSettings settings;
    private final SystemCalls system;
    private final Unmounter unmounter;

    MountPoint(MountSettings settings, SystemCalls system, Unmounter unmounter) {
        this.settings = settings;
        this.system = system;
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
            checkDevice();
            checkAllowOther();
        }
        String refusal = FuseDevice.refusal();
        if (refusal != null) {
            throw new PoolException(
                    Reason.UNSUPPORTED,
                    refusal + "; load the module with \"modprobe fuse\"; a container needs --device /dev/fuse --cap-add"
                            + " SYS_ADMIN");
        }
        checkDirectory();
    }

    private static void checkDevice() throws PoolException {
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            throw new PoolException(
                    Reason.ACCESS_DENIED,
                    "this user may not open " + DEVICE + ": root can allow it to everyone with \"chmod 666 " + DEVICE
                            + "\" (its usual mode), or to the group that owns it");
        }
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
        clearLeftover(directory);
        try {
            if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
                throw new PoolException(Reason.NOT_DIRECTORY, "mount point " + directory + " is not a directory");
            }
        } catch (NoSuchFileException e) {
            throw new PoolException(
                    Reason.NOT_FOUND, "mount point " + directory + " does not exist: make it with mkdir -p", e);
        } catch (IOException e) {
            throw new PoolException(
                    Reason.ACCESS_DENIED, "cannot look at mount point " + directory + ": " + e.getMessage(), e);
        }
        if (mountAt(real(directory)).isPresent()) {
            throw new PoolException(
                    Reason.BUSY, "a pool is already mounted at " + directory + ": unmount it with poolfs unmount");
        }
        checkEmpty(directory);
    }

    /** The mount of a daemon that was killed, which {@link AutoUnmount} did not or not yet take away. */
    private void clearLeftover(Path directory) throws PoolException {
        if (mountAt(directory).isEmpty() || Probe.ask(system, directory, PATIENCE) != Probe.Answer.GONE) {
            return;
        }
        // Both at once could take away what is mounted next.
        long until = System.nanoTime() + SHELL_PATIENCE.toNanos();
        while (mountAt(directory).isPresent() && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        if (mountAt(directory).isPresent()) {
            LOG.warn("{} holds the mount of a daemon that is gone: unmounting it", directory);
            unmounter.unmountLazily(directory);
        }
    }

    /** The pool that is mounted at the path, which has no symlinks, whether it answers or not. */
    static Optional<MountTable.Line> mountAt(Path directory) throws PoolException {
        return MountTable.topmostAt(directory).filter(line -> line.type().equals(TYPE));
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
