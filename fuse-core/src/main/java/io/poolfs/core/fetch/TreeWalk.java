package io.poolfs.core.fetch;

import io.poolfs.core.meta.Dentry;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the files of a tree in the order in which {@code tar}, {@code cp -r} and the like read them: as listings
 * give them, into each directory when it comes, and back up at its end. Used by one task at a time, and inside one
 * metadata read.
 */
final class TreeWalk {
    private static final int AT_ONCE = 64;

    private long directory;
    private @Nullable FileName after;
    private boolean ended;

    /** Starts behind this place. */
    TreeWalk(Op.Place behind) {
        this.directory = behind.parent();
        this.after = behind.name();
    }

    /** What a file found on the way is wanted for; false: no more for now. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(long inode) throws PoolException;
    }

    /** Whether there is nothing behind. */
    boolean isEnded() {
        return ended;
    }

    /** Goes on, over so many entries at most. The next call goes on behind the last one that was visited. */
    void goOn(MetadataReader reader, int mostEntries, Visitor visitor) throws PoolException {
        int left = mostEntries;
        while (left > 0 && !ended) {
            List<Dentry> entries = next(reader, Math.min(left, AT_ONCE));
            if (entries.isEmpty()) {
                goUp(reader);
                left--;
            }
            for (Dentry entry : entries) {
                left--;
                after = entry.name();
                if (entry.typeBits() == FileType.DIRECTORY.modeBits()) {
                    directory = entry.inode();
                    after = null;
                    break;
                }
                if (entry.typeBits() == FileType.REGULAR.modeBits() && !visitor.visit(entry.inode())) {
                    return;
                }
            }
        }
    }

    private List<Dentry> next(MetadataReader reader, int most) throws PoolException {
        List<Dentry> entries = new ArrayList<>();
        reader.entries(directory, after, entry -> {
            entries.add(entry);
            return entries.size() < most;
        });
        return entries;
    }

    private void goUp(MetadataReader reader) throws PoolException {
        boolean isTop = directory == Inode.ROOT || reader.inode(directory) == null;
        List<Op.Place> places = isTop ? List.of() : reader.places(directory);
        if (places.isEmpty()) {
            ended = true;
            return;
        }
        directory = places.get(0).parent();
        after = places.get(0).name();
    }
}
