package io.poolfs.core.fs;

import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.List;

/**
 * One copy inside the pool that moves no bytes: what the source has committed becomes pending content of the target, as
 * if the target had uploaded it, and goes into the target's next content version. Only what is committed and unchanged
 * is shared, from whole blocks of the target.
 *
 * <p>The extents are read and recorded in one transaction, so the chunks have a use at every moment.
 */
final class Sharing {
    /** Bounds one transaction. */
    private static final int MOST_EXTENTS = 4096;

    private static final long MOST_BYTES = 1L << 30;

    private final Metadata metadata;
    private final Image source;
    private final long sourceOffset;
    private final Image target;
    private final long targetOffset;

    Sharing(Metadata metadata, Image source, long sourceOffset, Image target, long targetOffset) {
        this.metadata = metadata;
        this.source = source;
        this.sourceOffset = sourceOffset;
        this.target = target;
        this.targetOffset = targetOffset;
    }

    /** Returns how many bytes are shared, 0 at the end of the source; UNSUPPORTED when none can be. */
    long share(long lengthBytes, long nowNanos) throws PoolException {
        Image.Content content = source.content();
        long available = Math.min(Math.min(lengthBytes, MOST_BYTES), content.sizeBytes() - sourceOffset);
        if (available <= 0) {
            return 0;
        }
        if (content.modified()) {
            throw refused("has content that is not committed");
        }
        if (targetOffset % Image.BLOCK_BYTES != 0) {
            throw refused("is to be shared at offset " + targetOffset + ", which begins no block");
        }
        long length = wholeBlocks(metadata.read(reader -> bounded(reader, content, available)));
        if (length == 0) {
            throw refused("would share less than a block");
        }
        target.share(targetOffset, length, nowNanos, () -> metadata.alter(writer -> record(writer, content, length)));
        return length;
    }

    /** As much as one transaction takes. */
    private long bounded(MetadataReader reader, Image.Content content, long lengthBytes) throws PoolException {
        List<Extent> extents = extents(reader, content, lengthBytes);
        return extents.size() <= MOST_EXTENTS
                ? lengthBytes
                : extents.get(MOST_EXTENTS).fileOffset() - sourceOffset;
    }

    /** A block that the target has more of must be written, not shared. */
    private long wholeBlocks(long lengthBytes) {
        long end = targetOffset + lengthBytes;
        return end >= target.content().sizeBytes() ? lengthBytes : lengthBytes - end % Image.BLOCK_BYTES;
    }

    private void record(MetadataWriter writer, Image.Content content, long lengthBytes) throws PoolException {
        List<Extent> extents = extents(writer, content, lengthBytes);
        writer.putPending(target.inode(), new PendingExtent(new ByteRange(targetOffset, lengthBytes), null));
        for (Extent extent : extents) {
            Extent part = extent.narrow(sourceOffset, sourceOffset + lengthBytes);
            long at = part.fileOffset() - sourceOffset + targetOffset;
            Extent shared = new Extent(at, part.lengthBytes(), part.piece(), part.skipBytes());
            writer.putPending(target.inode(), new PendingExtent(shared.fileRange(), shared));
        }
    }

    private List<Extent> extents(MetadataReader reader, Image.Content content, long lengthBytes) throws PoolException {
        Inode inode = reader.requireInode(source.inode());
        if (inode.version() != content.baseVersion()) {
            throw refused("is being committed");
        }
        return reader.extents(source.inode(), sourceOffset, sourceOffset + lengthBytes);
    }

    private PoolException refused(String why) {
        return new PoolException(Reason.UNSUPPORTED, "inode " + source.inode() + " " + why);
    }
}
