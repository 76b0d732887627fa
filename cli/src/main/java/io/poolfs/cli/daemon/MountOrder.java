package io.poolfs.cli.daemon;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon is to do.
 *
 * @param source what {@code /proc/mounts} shows as the device
 * @param options as behind {@code -o}, without those of the command line itself
 * @param takeOver take the right to write from whoever holds it
 * @param via where FUSE mounts, when somebody else binds that to the mount point; else null
 */
public record MountOrder(
        Path mountpoint,
        String source,
        String options,
        boolean takeOver,
        boolean acceptLoss,
        @Nullable Path via) {
    public MountOrder(Path mountpoint, String source, String options, boolean takeOver, boolean acceptLoss) {
        this(mountpoint, source, options, takeOver, acceptLoss, null);
    }

    public boolean readOnly() {
        boolean readOnly = false;
        for (String option : options.split(",")) {
            readOnly = option.equals("ro") || (readOnly && !option.equals("rw"));
        }
        return readOnly;
    }
}
