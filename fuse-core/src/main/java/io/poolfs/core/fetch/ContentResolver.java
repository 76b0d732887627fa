package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells where the absent content of an image lies: what is pending, else what is committed below the base limit, else
 * zeros. Usable from any thread.
 */
final class ContentResolver {
    /** A commit goes first into the metadata and then into the image: in between, one looks again. */
    private static final int ATTEMPTS = 100;

    private final Metadata metadata;

    ContentResolver(Metadata metadata) {
        this.metadata = metadata;
    }

    /** The stretches of [start, end), in order, without gaps. */
    List<Stretch> resolve(Image image, long start, long end) throws PoolException {
        long seen = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Snapshot snapshot = metadata.read(reader -> Snapshot.take(reader, image.inode(), start, end));
            OptionalLong limit = image.baseLimit(snapshot.version());
            if (limit.isPresent()) {
                return compose(snapshot, start, end, limit.getAsLong());
            }
            seen = snapshot.version();
        }
        throw new PoolException(
                Reason.STALE,
                "inode " + image.inode() + " has version " + seen + ", its image stands on "
                        + image.content().baseVersion());
    }

    private static List<Stretch> compose(Snapshot snapshot, long start, long end, long baseLimit) throws PoolException {
        List<Stretch> found = new ArrayList<>();
        Cursor<PendingExtent> pending = new Cursor<>(
                snapshot.pending(),
                item -> item.fileRange().offset(),
                item -> item.fileRange().end());
        Cursor<Extent> base =
                new Cursor<>(snapshot.extents(), Extent::fileOffset, item -> Math.min(item.fileEnd(), baseLimit));
        for (long at = start; at < end; ) {
            PendingExtent over = pending.at(at);
            long next = Math.min(end, pending.nextBoundary(at));
            Extent extent;
            if (over != null) {
                extent = over.extent();
            } else {
                extent = base.at(at);
                next = Math.min(next, base.nextBoundary(at));
            }
            found.add(
                    extent == null
                            ? Stretch.hole(at, next)
                            : new Stretch(at, next, extent.narrow(at, next), snapshot.chunk(extent)));
            at = next;
        }
        return found;
    }

    private record Snapshot(
            long inode, long version, List<PendingExtent> pending, List<Extent> extents, Map<ChunkId, Chunk> chunks) {
        static Snapshot take(MetadataReader reader, long number, long start, long end) throws PoolException {
            Inode inode = reader.inode(number);
            if (inode == null) {
                throw new PoolException(Reason.STALE, "inode " + number + " is gone");
            }
            List<PendingExtent> pending = reader.pendingExtents(number, start, end);
            List<Extent> extents = reader.extents(number, start, end);
            Map<ChunkId, Chunk> chunks = new HashMap<>();
            for (PendingExtent item : pending) {
                if (item.extent() != null) {
                    addChunk(reader, item.extent(), chunks);
                }
            }
            for (Extent extent : extents) {
                addChunk(reader, extent, chunks);
            }
            return new Snapshot(number, inode.version(), pending, extents, chunks);
        }

        private static void addChunk(MetadataReader reader, Extent extent, Map<ChunkId, Chunk> chunks)
                throws PoolException {
            ChunkId id = extent.piece().chunk();
            if (!chunks.containsKey(id)) {
                Chunk chunk = reader.chunk(id);
                chunk = chunk == null ? reader.pendingChunk(id) : chunk;
                if (chunk != null) {
                    chunks.put(id, chunk);
                }
            }
        }

        Chunk chunk(Extent extent) throws PoolException {
            Chunk chunk = chunks.get(extent.piece().chunk());
            if (chunk == null) {
                throw new PoolException(
                        Reason.CORRUPT,
                        "inode " + inode + ": the metadata knows no chunk "
                                + extent.piece().chunk());
            }
            return chunk;
        }
    }

    /** A look at sorted, disjoint runs that only goes forward. */
    private static final class Cursor<T> {
        @FunctionalInterface
        interface Position<T> {
            long of(T item);
        }

        private final List<T> items;
        private final Position<T> start;
        private final Position<T> end;
        private int index;

        Cursor(List<T> items, Position<T> start, Position<T> end) {
            this.items = items;
            this.start = start;
            this.end = end;
        }

        /** The run that covers the position. */
        @Nullable
        T at(long position) {
            while (index < items.size() && end.of(items.get(index)) <= position) {
                index++;
            }
            return index < items.size() && start.of(items.get(index)) <= position ? items.get(index) : null;
        }

        /** Where the next run begins or the one at the position ends. After {@link #at} of the same position. */
        long nextBoundary(long position) {
            if (index >= items.size()) {
                return Long.MAX_VALUE;
            }
            long first = start.of(items.get(index));
            return first > position ? first : end.of(items.get(index));
        }
    }
}
