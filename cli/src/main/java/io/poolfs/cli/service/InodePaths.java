package io.poolfs.cli.service;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From an inode back to its paths. */
public final class InodePaths {
    private InodePaths() {}

    /** Every path of the inode; none for an orphan. */
    public static List<PoolPath> of(MetadataReader reader, long inode) throws PoolException {
        List<PoolPath> paths = new ArrayList<>();
        for (Op.Place place : reader.places(inode)) {
            paths.add(path(reader, place));
        }
        return paths;
    }

    private static PoolPath path(MetadataReader reader, Op.Place place) throws PoolException {
        Deque<FileName> names = new ArrayDeque<>();
        names.addFirst(place.name());
        long directory = place.parent();
        while (directory != Inode.ROOT) {
            Op.@Nullable Place above =
                    reader.places(directory).stream().findFirst().orElse(null);
            if (above == null) {
                break; // in a directory that was deleted while open
            }
            names.addFirst(above.name());
            directory = above.parent();
        }
        return new PoolPath(List.copyOf(names));
    }
}
