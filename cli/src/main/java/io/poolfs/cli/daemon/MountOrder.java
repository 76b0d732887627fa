package io.poolfs.cli.daemon;

import java.nio.file.Path;

/**
 * What a daemon is to do.
 *
 * @param source what {@code /proc/mounts} shows as the device
 * @param options as behind {@code -o}, without those of the command line itself
 * @param takeOver take the right to write from whoever holds it
 */
public record MountOrder(Path mountpoint, String source, String options, boolean takeOver, boolean acceptLoss) {
    public boolean readOnly() {
        boolean readOnly = false;
        for (String option : options.split(",")) {
            readOnly = option.equals("ro") || (readOnly && !option.equals("rw"));
        }
        return readOnly;
    }
}
