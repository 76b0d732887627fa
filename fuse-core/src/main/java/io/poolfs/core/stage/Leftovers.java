package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.Set;
import java.util.TreeSet;

/** What an earlier process left of contents that nobody can reach any more. Used once, before the stager works. */
final class Leftovers {
    private static final ByteRange ALL = new ByteRange(0, Long.MAX_VALUE);

    private final Metadata metadata;
    private final Images images;

    Leftovers(Metadata metadata, Images images) {
        this.metadata = metadata;
        this.images = images;
    }

    /**
     * Drops the images of inodes without a name, and pending extents without an image: without its size and its dirty
     * blocks, what was uploaded ahead of a commit is no content.
     */
    void drop() throws PoolException {
        for (Image image : images.modified()) {
            if (!hasName(image.inode())) {
                images.forget(image.inode());
            }
        }
        Set<Long> pending = new TreeSet<>();
        metadata.look(reader -> reader.pendingExtents(run -> {
            pending.add(run.inode());
            return true;
        }));
        for (long inode : pending) {
            Image image = images.peek(inode);
            if (image == null || !image.content().modified()) {
                metadata.alter(writer -> writer.dropPending(inode, ALL));
            }
        }
    }

    private boolean hasName(long number) throws PoolException {
        return metadata.read(reader -> {
            Inode inode = reader.inode(number);
            return inode != null && inode.links() > 0;
        });
    }
}
