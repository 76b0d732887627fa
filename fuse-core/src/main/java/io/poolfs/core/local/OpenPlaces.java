package io.poolfs.core.local;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Places that every user may write to, like /dev/shm and /tmp: another user can have made there what we would take for
 * ours, a directory or a link, and put something else into its place later.
 */
final class OpenPlaces {
    private static final int WRITABLE_BY_ALL = 02;
    private static final int STICKY = 01000;

    private OpenPlaces() {}

    /**
     * ACCESS_DENIED when a part of the path lies in such a place and is another user's, or can be replaced there by
     * anyone. Parts that are missing do not count.
     */
    static void refuse(Path path) throws PoolException {
        int us = Libc.calls().geteuid();
        Path absolute = path.toAbsolutePath().normalize();
        refuseParts(absolute, us);
        refuseParts(real(absolute), us);
    }

    private static void refuseParts(Path path, int us) throws PoolException {
        Path root = path.getRoot();
        for (Path part = path; part != null && !part.equals(root); part = part.getParent()) {
            Path parent = part.getParent();
            FileStat place = parent == null ? null : FileStat.of(parent);
            FileStat stat = FileStat.of(part);
            if (place == null || stat == null || !place.isDirectory() || (place.mode() & WRITABLE_BY_ALL) == 0) {
                continue;
            }
            if ((place.mode() & STICKY) == 0) {
                throw new PoolException(
                        Reason.ACCESS_DENIED,
                        "anyone may replace " + part + ", since " + parent + " is open to all: chmod +t " + parent);
            }
            if (stat.owner() != us && stat.owner() != 0) {
                throw new PoolException(
                        Reason.ACCESS_DENIED,
                        part + " belongs to user " + stat.owner()
                                + ", not to us, in a place that is open to all: another"
                                + " user may have made it; name another directory, or have it removed");
            }
        }
    }

    /** The path without links in its parents, as far as these exist. */
    private static Path real(Path path) {
        Path parent = path.getParent();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        try {
            return parent == null ? path : parent.toRealPath().resolve(parent.relativize(path));
        } catch (IOException e) {
            return path;
        }
    }
}
