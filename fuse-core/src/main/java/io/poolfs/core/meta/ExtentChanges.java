package io.poolfs.core.meta;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes extents and sums up what that means for chunks; {@link #settle} books it, once per chunk: references, live
 * bytes, the garbage list, usage. Used by one thread, for one op.
 */
final class ExtentChanges {
    private final Tables tables;
    private final long transaction;
    private final long nanos;
    private final Map<ChunkId, Difference> differences = new LinkedHashMap<>();

    ExtentChanges(Tables tables, long transaction, long nanos) {
        this.tables = tables;
        this.transaction = transaction;
        this.nanos = nanos;
    }

    /** Takes away what lies in [start, end), narrowing what reaches over its edges. */
    void clear(long inode, long start, long end) throws PoolException {
        for (Extent extent : tables.extents(inode, start, end)) {
            remove(inode, extent);
            if (extent.fileOffset() < start) {
                put(inode, extent.narrow(extent.fileOffset(), start));
            }
            if (extent.fileEnd() > end) {
                put(inode, extent.narrow(end, extent.fileEnd()));
            }
        }
    }

    /** Puts an extent where none is. */
    void put(long inode, Extent extent) throws PoolException {
        ChunkId chunk = extent.piece().chunk();
        tables.put(Keys.of(Keys.EXTENT, inode, extent.fileEnd()), Records.extent(extent));
        tables.put(Keys.reference(chunk, inode, extent.fileEnd()), Keys.NOTHING);
        difference(chunk).add(1, extent.lengthBytes());
    }

    private void remove(long inode, Extent extent) throws PoolException {
        ChunkId chunk = extent.piece().chunk();
        tables.delete(Keys.of(Keys.EXTENT, inode, extent.fileEnd()));
        tables.delete(Keys.reference(chunk, inode, extent.fileEnd()));
        difference(chunk).add(-1, -extent.lengthBytes());
    }

    void settle() throws PoolException {
        for (Map.Entry<ChunkId, Difference> entry : differences.entrySet()) {
            Difference difference = entry.getValue();
            if (difference.references != 0 || difference.bytes != 0) {
                settle(tables.requireChunk(entry.getKey()), difference);
            }
        }
        differences.clear();
    }

    private void settle(ChunkRecord record, Difference difference) throws PoolException {
        ChunkId id = record.chunk.id();
        long garbageBefore = record.garbageBytes();
        record.references += difference.references;
        record.liveBytes += difference.bytes;
        if (record.references < 0 || record.liveBytes < 0) {
            throw new PoolException(
                    Reason.CORRUPT,
                    "chunk " + id + " would have " + record.references + " references and " + record.liveBytes
                            + " live bytes");
        }
        if (record.references == 0 && record.garbageSince == 0) {
            record.garbageSince = transaction;
            tables.put(Keys.garbage(transaction, id), Records.number(nanos));
        } else if (record.references > 0 && record.garbageSince != 0) {
            tables.delete(Keys.garbage(record.garbageSince, id));
            record.garbageSince = 0;
        }
        tables.putChunk(record);
        long garbage = record.garbageBytes() - garbageBefore;
        if (garbage != 0) {
            tables.changeUsage(record.chunk.remote(), 0, 0, garbage);
        }
    }

    private Difference difference(ChunkId chunk) {
        return differences.computeIfAbsent(chunk, id -> new Difference());
    }

    private static final class Difference {
        long references;
        long bytes;

        void add(long moreReferences, long moreBytes) {
            references += moreReferences;
            bytes += moreBytes;
        }
    }
}
