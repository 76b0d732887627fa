package io.poolfs.mount;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.system.NativePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is mounted, as {@code /proc/self/mountinfo} tells it. Reading it asks no file system. */
final class MountTable {
    private static final Path SOURCE = Path.of("/proc/self/mountinfo");

    /**
     * @param device {@code major:minor}
     * @param mountPoint its bytes as ISO-8859-1
     */
    record Line(String device, String mountPoint, String type) {}

    private MountTable() {}

    /** The mount that is seen at the path, if the path is a mount point. */
    static Optional<Line> topmostAt(Path mountPoint) throws PoolException {
        String wanted = new String(NativePath.bytes(mountPoint), StandardCharsets.ISO_8859_1);
        return lines().stream().filter(line -> line.mountPoint.equals(wanted)).reduce((lower, upper) -> upper);
    }

    /** A place where the mounted device is seen. */
    static Optional<Line> first(String device) throws PoolException {
        return lines().stream().filter(line -> line.device.equals(device)).findFirst();
    }

    private static List<Line> lines() throws PoolException {
        try (var lines = Files.lines(SOURCE, StandardCharsets.ISO_8859_1)) {
            return lines.map(MountTable::parse).toList();
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot read " + SOURCE + ": " + e.getMessage(), e);
        }
    }

    /** {@code id parent major:minor root mount-point options [optional…] - type source super-options}. */
    static Line parse(String line) {
        List<String> fields = Arrays.asList(line.split(" ", -1));
        int separator = fields.subList(6, fields.size()).indexOf("-") + 6;
        return new Line(fields.get(2), unescaped(fields.get(4)), fields.get(separator + 1));
    }

    /** Blanks and backslashes stand as three octal digits. */
    private static String unescaped(String field) {
        StringBuilder text = new StringBuilder(field.length());
        for (int at = 0; at < field.length(); at++) {
            char c = field.charAt(at);
            if (c == '\\' && at + 3 < field.length()) {
                text.append((char) Integer.parseInt(field.substring(at + 1, at + 4), 8));
                at += 3;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
