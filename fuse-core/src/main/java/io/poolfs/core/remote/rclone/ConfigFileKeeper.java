package io.poolfs.core.remote.rclone;

import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the owner of rclone's configuration file. rclone replaces the file when a token is refreshed, with the mode it
 * had; run by root for a user's file, it would then belong to root. A file that was not replaced is left as it is.
 * Usable from any thread.
 */
final class ConfigFileKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFileKeeper.class);
    private static final String SEEN = "unix:ino,dev,uid,gid";

    private final Path file;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private @Nullable Map<String, Object> known;

    ConfigFileKeeper(Scheduler scheduler, Path file) {
        this.file = file;
        this.monitor = scheduler.newMonitor("rclone.conf");
        try (Monitor.Hold hold = monitor.enter()) {
            this.known = look();
        }
    }

    /** Gives a replaced file its former owner and group. */
    void restore() {
        try (Monitor.Hold hold = monitor.enter()) {
            Map<String, Object> now = look();
            Map<String, Object> before = known;
            if (now == null) {
                return;
            }
            if (before != null && isReplaced(before, now)) {
                giveBack("uid", before, now);
                giveBack("gid", before, now);
                now = look();
            }
            known = now;
        }
    }

    private static boolean isReplaced(Map<String, Object> before, Map<String, Object> now) {
        return !Objects.equals(before.get("ino"), now.get("ino")) || !Objects.equals(before.get("dev"), now.get("dev"));
    }

    private void giveBack(String attribute, Map<String, Object> before, Map<String, Object> now) {
        Object value = before.get(attribute);
        if (value != null && !value.equals(now.get(attribute))) {
            set(attribute, value);
        }
    }

    private void set(String attribute, Object value) {
        try {
            Files.setAttribute(file, "unix:" + attribute, value);
        } catch (IOException e) {
            LOG.warn("{}: its former {} cannot be given back: {}", file, attribute, e.getMessage());
        }
    }

    private @Nullable Map<String, Object> look() {
        try {
            return Files.exists(file) ? Files.readAttributes(file, SEEN) : null;
        } catch (IOException e) {
            LOG.debug("{}: {}", file, e.getMessage());
            return null;
        }
    }
}
