package io.poolfs.core.fetch;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that lies wholly in one chunk, mostly among others, and is worth fetching whole.
 *
 * @param extents in order of the chunk
 * @param start of its bytes in the chunk
 * @param end of its bytes in the chunk
 */
record SmallFile(long inode, long sizeBytes, Chunk chunk, List<Extent> extents, long start, long end) {
    /** No larger file is fetched before it is read. */
    static final long MOST_BYTES = 1 << 20;

    /** Null when the file is not of this kind, or has content that is not committed. */
    static @Nullable SmallFile of(MetadataReader reader, long number) throws PoolException {
        Inode inode = reader.inode(number);
        if (inode == null || !inode.isRegular() || inode.sizeBytes() == 0 || inode.sizeBytes() > MOST_BYTES) {
            return null;
        }
        if (!reader.pendingExtents(number, 0, inode.sizeBytes()).isEmpty()) {
            return null;
        }
        List<Extent> extents = reader.extents(number, 0, inode.sizeBytes()).stream()
                .sorted(Comparator.comparingLong(Extent::chunkOffset))
                .toList();
        if (extents.isEmpty()) {
            return null;
        }
        Chunk chunk = reader.chunk(extents.get(0).piece().chunk());
        long start = extents.get(0).chunkOffset();
        long end = start;
        for (Extent extent : extents) {
            if (chunk == null || !extent.piece().chunk().equals(chunk.id())) {
                return null;
            }
            end = Math.max(end, extent.chunkOffset() + extent.lengthBytes());
        }
        if (chunk == null || end - start > 2 * MOST_BYTES) {
            return null;
        }
        return new SmallFile(number, inode.sizeBytes(), chunk, extents, start, end);
    }
}
