package io.poolfs.core.meta;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** From an entry back to its path from the root. */
public final class EntryPath {
    private EntryPath() {}

    /** The names from the root down to the entry; from the nearest deleted directory, if there is one above. */
    public static List<FileName> names(MetadataReader reader, Op.Place place) throws PoolException {
        Deque<FileName> names = new ArrayDeque<>();
        names.addFirst(place.name());
        long directory = place.parent();
        while (directory != Inode.ROOT) {
            List<Op.Place> above = reader.places(directory);
            if (above.isEmpty()) {
                break;
            }
            names.addFirst(above.get(0).name());
            directory = above.get(0).parent();
        }
        return List.copyOf(names);
    }

    /** For people: {@code /a/b}. */
    public static String text(MetadataReader reader, Op.Place place) throws PoolException {
        StringBuilder path = new StringBuilder();
        for (FileName name : names(reader, place)) {
            path.append('/').append(name);
        }
        return path.toString();
    }

    /** The first path of an inode; {@code inode N} when it has no name. */
    public static String text(MetadataReader reader, long inode) throws PoolException {
        List<Op.Place> places = reader.places(inode);
        return places.isEmpty() ? "inode " + inode : text(reader, places.get(0));
    }
}
