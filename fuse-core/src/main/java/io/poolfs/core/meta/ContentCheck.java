package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Extents, chunks and what counts them: the part of the check that is about content. */
final class ContentCheck {
    private static final class Use {
        final ChunkRecord record;
        long references;
        long bytes;
        boolean garbage;

        Use(ChunkRecord record) {
            this.record = record;
        }
    }

    private final SnapshotReader reader;
    private final Map<Long, TreeCheck.Node> inodes;
    private final MetadataCheck check;
    private final Map<ChunkId, Use> chunks = new HashMap<>();
    private long extents;

    ContentCheck(SnapshotReader reader, Map<Long, TreeCheck.Node> inodes, MetadataCheck check) {
        this.reader = reader;
        this.inodes = inodes;
        this.check = check;
    }

    void run() throws PoolException {
        reader.scan(Keys.CHUNK, (key, value) -> {
            ChunkId id = SnapshotReader.chunkIn(key, 1);
            chunks.put(id, new Use(ChunkRecord.decode(id, value)));
            return true;
        });
        extents();
        references();
        garbage();
        uses();
        uncommitted();
        pending();
    }

    private void extents() throws PoolException {
        long[] inodeBefore = {0};
        long[] endBefore = {0};
        reader.scan(Keys.EXTENT, (key, value) -> {
            long inode = Keys.numberAt(key, 1);
            Extent extent = Records.extent(Keys.numberAt(key, 9), value);
            if (inode != inodeBefore[0]) {
                inodeBefore[0] = inode;
                endBefore[0] = 0;
            }
            check.require(
                    extent.fileOffset() >= endBefore[0], "extents of inode %d overlap before %d", inode, endBefore[0]);
            endBefore[0] = extent.fileEnd();
            extents++;
            extent(inode, extent);
            return true;
        });
    }

    private void extent(long inode, Extent extent) throws PoolException {
        TreeCheck.Node node = inodes.get(inode);
        check.require(
                node != null
                        && node.record.isRegular()
                        && !node.record.isUncommitted()
                        && extent.fileEnd() <= node.record.sizeBytes,
                "inode %d cannot have content at %s",
                inode,
                extent.fileRange());
        ChunkId id = extent.piece().chunk();
        Use use = chunks.get(id);
        check.require(use != null, "inode %d uses chunk %s, which is not known", inode, id);
        check.require(
                reader.get(Keys.reference(id, inode, extent.fileEnd())) != null,
                "chunk %s does not know that inode %d uses it at %s",
                id,
                inode,
                extent.fileRange());
        if (use != null) {
            use.references++;
            use.bytes += extent.lengthBytes();
            check.require(
                    extent.piece().hash() != null || use.record.chunk.isImported(),
                    "inode %d uses chunk %s of our own without a hash",
                    inode,
                    id);
            check.require(
                    isInside(extent, use.record.chunk),
                    "inode %d uses chunk %s beyond its %d bytes",
                    inode,
                    id,
                    use.record.chunk.sizeBytes());
        }
    }

    private static boolean isInside(Extent extent, Chunk chunk) {
        long offset = extent.piece().offset();
        return offset >= 0 && extent.piece().lengthBytes() <= chunk.sizeBytes() - offset;
    }

    /** Every extent has its reference, as was seen; that there are no others, the number says. */
    private void references() throws PoolException {
        long[] count = {0};
        reader.scan(Keys.REFERENCE, (key, value) -> {
            count[0]++;
            return true;
        });
        check.require(count[0] == extents, "%d extents and %d references to chunks", extents, count[0]);
    }

    private void garbage() throws PoolException {
        reader.scan(Keys.GARBAGE, (key, value) -> {
            ChunkId id = SnapshotReader.chunkIn(key, 9);
            Use use = chunks.get(id);
            check.require(
                    use != null && use.record.garbageSince == Keys.numberAt(key, 1),
                    "chunk %s is wrongly said to be garbage since transaction %d",
                    id,
                    Keys.numberAt(key, 1));
            if (use != null) {
                use.garbage = true;
            }
            return true;
        });
    }

    private void uses() throws PoolException {
        Map<RemoteId, MetadataReader.Usage> usage = new HashMap<>();
        for (Use use : chunks.values()) {
            ChunkRecord record = use.record;
            Chunk chunk = record.chunk;
            check.require(
                    record.references == use.references && record.liveBytes == use.bytes,
                    "chunk %s says %d references and %d live bytes; it has %d and %d",
                    chunk.id(),
                    record.references,
                    record.liveBytes,
                    use.references,
                    use.bytes);
            check.require(
                    use.garbage == (use.references == 0) && (record.garbageSince != 0) == (use.references == 0),
                    "chunk %s has %d references and %s in the garbage list",
                    chunk.id(),
                    use.references,
                    use.garbage ? "is" : "is not");
            check.require(
                    chunk.sizeBytes() >= 1 && chunk.isChecksumCountRight(),
                    "chunk %s of %d bytes has %d checksums",
                    chunk.id(),
                    chunk.sizeBytes(),
                    chunk.crc32c().length);
            usage.merge(
                    chunk.remote(),
                    new MetadataReader.Usage(1, chunk.sizeBytes(), record.garbageBytes()),
                    ContentCheck::sum);
        }
        Map<RemoteId, MetadataReader.Usage> counted = reader.usage();
        check.require(counted.equals(usage), "the usage of remotes is counted as %s and is %s", counted, usage);
    }

    private static MetadataReader.Usage sum(MetadataReader.Usage a, MetadataReader.Usage b) {
        return new MetadataReader.Usage(
                a.chunks() + b.chunks(), a.storedBytes() + b.storedBytes(), a.garbageBytes() + b.garbageBytes());
    }

    private void uncommitted() throws PoolException {
        Set<Long> listed = new HashSet<>();
        reader.scan(Keys.UNCOMMITTED, (key, value) -> listed.add(Keys.numberAt(key, 1)));
        for (TreeCheck.Node node : inodes.values()) {
            InodeRecord record = node.record;
            check.require(
                    listed.remove(record.number) == record.isUncommitted(),
                    "inode %d of version %d is wrongly listed as uncommitted or not",
                    record.number,
                    record.version);
            check.require(
                    !record.isUncommitted() || record.sizeBytes == 0,
                    "inode %d has %d bytes and no committed content",
                    record.number,
                    record.sizeBytes);
        }
        check.require(listed.isEmpty(), "inodes %s do not exist and are listed as uncommitted", listed);
    }

    private void pending() throws PoolException {
        MetadataReader.@Nullable Pending[] before = new MetadataReader.Pending[1];
        reader.pendingExtents(pending -> {
            MetadataReader.Pending last = before[0];
            ByteRange range = pending.extent().fileRange();
            check.require(
                    last == null
                            || last.inode() != pending.inode()
                            || last.extent().fileRange().end() <= range.offset(),
                    "pending content of inode %d overlaps at %s",
                    pending.inode(),
                    range);
            before[0] = pending;
            TreeCheck.Node node = inodes.get(pending.inode());
            check.require(
                    node != null && node.record.isRegular(), "inode %d cannot have pending content", pending.inode());
            Extent extent = pending.extent().extent();
            if (extent != null) {
                Chunk chunk = chunkOf(extent.piece().chunk());
                check.require(
                        chunk != null && isInside(extent, chunk),
                        "pending content of inode %d lies in chunk %s, which is not known or shorter",
                        pending.inode(),
                        extent.piece().chunk());
            }
            return true;
        });
    }

    private @Nullable Chunk chunkOf(ChunkId id) throws PoolException {
        Use use = chunks.get(id);
        return use != null ? use.record.chunk : reader.pendingChunk(id);
    }
}
