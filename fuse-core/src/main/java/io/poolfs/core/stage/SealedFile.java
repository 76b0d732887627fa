package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One content version on its way to its commit: what was dirty when it was sealed, and what was uploaded or on its way
 * ahead of it. Owned by one commit run.
 */
final class SealedFile implements PieceSource {
    /** An upload ahead that was under way at that moment, and the parts of it that belonged to the content then. */
    record Joined(StreamUpload stream, List<ByteRange> parts) {}

    final FileWork work;
    final Image image;
    final Image.Seal seal;
    final Image.Content content;
    final List<PendingExtent> pending;
    final List<Joined> joined;
    final List<Extent> pieces = new ArrayList<>();

    SealedFile(FileWork work, Image image, Image.Seal seal, List<PendingExtent> pending, List<Joined> joined) {
        this.work = work;
        this.image = image;
        this.seal = seal;
        this.content = seal.content();
        this.pending = pending;
        this.joined = joined;
    }

    long inode() {
        return work.inode;
    }

    /** What the version lays over its base: what was pending, what was on its way, what was dirty. */
    ContentMap laid() {
        ContentMap map = new ContentMap();
        pending.forEach(map::lay);
        for (Joined one : joined) {
            List<Extent> extents = one.stream().extents;
            if (extents == null) {
                throw new IllegalStateException("an upload ahead of inode " + work.inode + " came to nothing");
            }
            for (Extent extent : extents) {
                for (ByteRange part : one.parts()) {
                    if (part.overlaps(extent.fileRange())) {
                        map.lay(extent.narrow(part.offset(), part.end()));
                    }
                }
            }
        }
        pieces.forEach(map::lay);
        return map;
    }

    List<Slice> slices() {
        return seal.ranges().stream().map(range -> new Slice(this, range)).toList();
    }

    @Override
    public void read(long fileOffset, ByteBuffer dst) throws PoolException {
        seal.read(fileOffset, dst);
    }

    @Override
    public void copied(ByteRange range) {
        seal.copied(range);
    }
}
