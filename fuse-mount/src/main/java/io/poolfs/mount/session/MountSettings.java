package io.poolfs.mount.session;

import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a pool is mounted.
 *
 * @param mountPoint an existing, empty directory
 * @param source what {@code mount} and {@code df} show as the device: the pool's name as the user gave it
 * @param allowOther others than the mounting user may enter; the kernel checks permissions in any case
 * @param shownOwner owner shown for every file, or null for the stored ones; never stored
 * @param shownGroup likewise the group
 * @param shownUmask permission bits shown as missing from every file, or null for the stored ones; never stored
 * @param entryTimeout how long the kernel may remember that a name exists or does not. Every change comes through this
 *     mount or is told by {@link MountSession#invalidateEntry}, so this only bounds what a forgotten call can do
 * @param attributeTimeout likewise for attributes and {@link MountSession#invalidate}
 * @param restingWorkers threads that are kept when there is nothing to do
 * @param maxWorkers requests served at a time, those included that wait for a remote
 * @param transport what carries the requests
 * @param passthrough whether the kernel may be lent images, where it can be
 * @param kernelOptions further options for the kernel, such as {@code noexec}
 */
public record MountSettings(
        Path mountPoint,
        String source,
        boolean readOnly,
        boolean allowOther,
        @Nullable Integer shownOwner,
        @Nullable Integer shownGroup,
        @Nullable Integer shownUmask,
        Duration entryTimeout,
        Duration attributeTimeout,
        int restingWorkers,
        int maxWorkers,
        Transport transport,
        boolean passthrough,
        List<String> kernelOptions) {
    private static final Duration REMEMBERED = Duration.ofSeconds(60);
    private static final int RESTING_WORKERS = 4;
    private static final int MAX_WORKERS = 128;

    public MountSettings {
        mountPoint = mountPoint.toAbsolutePath().normalize();
        kernelOptions = List.copyOf(kernelOptions);
        if (restingWorkers < 1 || maxWorkers < restingWorkers) {
            throw new IllegalArgumentException(restingWorkers + " resting of " + maxWorkers + " workers");
        }
    }

    /** Read-write, for the mounting user, everything shown as stored. */
    public static MountSettings of(Path mountPoint, String source) {
        return new MountSettings(
                mountPoint,
                source,
                false,
                false,
                null,
                null,
                null,
                REMEMBERED,
                REMEMBERED,
                RESTING_WORKERS,
                MAX_WORKERS,
                Transport.AUTO,
                true,
                List.of());
    }

    /**
     * With the options of {@code mount -o}, separated by commas. CONFIG names an option that cannot be kept; those that
     * only concern {@code /etc/fstab} are passed over.
     */
    public MountSettings withOptions(String options) throws PoolException {
        return MountOptions.apply(this, options);
    }

    /** The options of the mount as libfuse and fusermount take them behind {@code -o}. */
    public String fuseOptions(int maxReadBytes) {
        return MountOptions.forFuse(this, maxReadBytes);
    }

    public MountSettings withWorkers(int resting, int max) {
        return new MountSettings(
                mountPoint,
                source,
                readOnly,
                allowOther,
                shownOwner,
                shownGroup,
                shownUmask,
                entryTimeout,
                attributeTimeout,
                resting,
                max,
                transport,
                passthrough,
                kernelOptions);
    }

    public MountSettings withTransport(Transport wanted) {
        return new MountSettings(
                mountPoint,
                source,
                readOnly,
                allowOther,
                shownOwner,
                shownGroup,
                shownUmask,
                entryTimeout,
                attributeTimeout,
                restingWorkers,
                maxWorkers,
                wanted,
                passthrough,
                kernelOptions);
    }
}
