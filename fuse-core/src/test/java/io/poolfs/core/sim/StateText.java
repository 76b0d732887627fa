package io.poolfs.core.sim;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** The journaled state as text, a line per record, in an order that depends on the state alone. For comparison. */
final class StateText {
    private final MetadataReader reader;
    private final StringBuilder text = new StringBuilder();

    private StateText(MetadataReader reader) {
        this.reader = reader;
    }

    static String of(MetadataReader reader) throws PoolException {
        StateText state = new StateText(reader);
        state.line("last", reader.lastTransaction(), "next inode", reader.nextInode(), reader.members());
        reader.inodes(state::inode);
        reader.allEntries(entry -> state.line("entry", entry.parent(), entry.dentry()));
        TreeSet<String> unordered = new TreeSet<>();
        reader.orphans(orphan -> unordered.add("orphan " + orphan));
        reader.displaced(displaced -> unordered.add(displaced.toString()));
        reader.garbage(garbage -> unordered.add("garbage " + garbage.chunk().id() + " " + garbage.transaction()));
        reader.chunks(use -> unordered.add("chunk " + use.chunk().id() + " on "
                + use.chunk().remote() + " " + use.chunk().sizeBytes() + " " + use.references() + " "
                + use.liveBytes() + " " + Arrays.toString(use.chunk().crc32c())));
        reader.usage().forEach((remote, usage) -> unordered.add("usage " + remote + " " + usage));
        unordered.forEach(state::line);
        return state.text.toString();
    }

    /** The path of a place, for people. */
    static String pathOf(MetadataReader reader, long parent, FileName name) throws PoolException {
        String path = "/" + name;
        long at = parent;
        while (at != Inode.ROOT) {
            List<io.poolfs.core.meta.Op.Place> places = reader.places(at);
            path = "/" + places.get(0).name() + path;
            at = places.get(0).parent();
        }
        return path;
    }

    /** The first lines in which two states differ. */
    static String difference(String expected, String actual) {
        TreeSet<String> missing = new TreeSet<>(expected.lines().toList());
        TreeSet<String> extra = new TreeSet<>(actual.lines().toList());
        List<String> both = missing.stream().filter(extra::contains).toList();
        both.forEach(missing::remove);
        both.forEach(extra::remove);
        return "expected but absent:\n  " + String.join("\n  ", missing) + "\nthere but not expected:\n  "
                + String.join("\n  ", extra);
    }

    private boolean inode(Inode inode) throws PoolException {
        line(
                "inode",
                inode.number(),
                Integer.toOctalString(inode.mode()),
                inode.owner(),
                inode.group(),
                "links",
                inode.links(),
                "size",
                inode.sizeBytes(),
                "version",
                inode.version(),
                inode.accessNanos(),
                inode.modifyNanos(),
                inode.changeNanos(),
                inode.birthNanos(),
                Arrays.toString(inode.target()));
        for (Extent extent : reader.extents(inode.number(), 0, Long.MAX_VALUE)) {
            line("extent of", inode.number(), extent);
        }
        for (byte[] name : reader.xattrNames(inode.number())) {
            line(
                    "xattr of",
                    inode.number(),
                    new String(name, java.nio.charset.StandardCharsets.UTF_8),
                    Arrays.toString(reader.xattr(inode.number(), name)));
        }
        return true;
    }

    private boolean line(Object... parts) {
        for (Object part : parts) {
            text.append(part).append(' ');
        }
        text.append('\n');
        return true;
    }
}
