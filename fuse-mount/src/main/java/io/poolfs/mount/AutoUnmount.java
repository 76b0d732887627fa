package io.poolfs.mount;

import io.poolfs.core.model.PoolException;
import io.poolfs.mount.system.FuseTool;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shell that takes the mount out of the tree when this process ends without having done so, however it ends: it waits
 * for the end of a pipe that only we hold. Mounts that still answer are left alone: a new daemon may serve at the place.
 *
 * <p>The {@code auto_unmount} of fusermount3 would do that only for root: it looks at the mount as a user to whom the
 * kernel does not show it.
 */
final class AutoUnmount implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AutoUnmount.class);

    /** Arguments: the device of the mount, the command that unmounts. The kernel may need a moment to end the mount. */
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            cd /
            read -r never
            device=$1
            shift
            left=100
            while [ $left -gt 0 ]; do
              found=
              while read -r id parent dev root place rest; do
                [ "$dev" = "$device" ] || continue
                found=1
                place=$(printf %b "$place")
                ls -f "$place" || "$@" "$place"
              done < /proc/self/mountinfo
              [ "$found" ] || exit 0
              left=$((left - 1))
              sleep 0.1
            done
            """;

    private final Process shell;

    private AutoUnmount(Process shell) {
        this.shell = shell;
    }

    /** Null, with a word in the log, where no shell can be started: the mount works without. */
    static @Nullable AutoUnmount of(String device, boolean privileged) {
        try {
            List<String> unmount = privileged
                    ? List.of("umount", "-l")
                    : List.of(FuseTool.find().toString(), "-u", "-z", "-q", "--");
            ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", SCRIPT, "poolfs-unmount", device);
            builder.command().addAll(unmount);
            // What is in the environment may be secret, and this process stays.
            builder.environment().clear();
            builder.environment().putAll(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C"));
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            return new AutoUnmount(builder.start());
        } catch (IOException | PoolException e) {
            LOG.warn("should this process be killed, its mount stays behind until the next: {}", e.toString());
            return null;
        }
    }

    /** The mount has ended, or is left to those who still use it. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            shell.destroyForcibly();
        }
    }
}
