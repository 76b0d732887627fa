package io.poolfs.cli.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The name of the pool that mount(8) was given. It makes a path of a name that happens to exist where it is called:
 * systemd calls it in {@code /}, so that the pool {@code media} comes as {@code /media}, or as what that links to.
 */
public final class FstabSource {
    private FstabSource() {}

    /** {@code source} unless it is a path; then the name in the entry for the mount point, else its last part. */
    public static String nameOf(String source, Path mountpoint, Path fstab) {
        if (!source.startsWith("/")) {
            return source;
        }
        for (String line : lines(fstab)) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > 2
                    && !fields[0].startsWith("#")
                    && fields[2].endsWith("poolfs")
                    && Path.of(fields[1].replace("\\040", " ")).normalize().equals(mountpoint)
                    && !fields[0].startsWith("/")) {
                return fields[0];
            }
        }
        Path name = Path.of(source).getFileName();
        return name == null ? source : name.toString();
    }

    private static List<String> lines(Path fstab) {
        try {
            return Files.readAllLines(fstab, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of(); // mount(8) was given everything on its command line
        }
    }
}
