package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.ObjectPath;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ops that change content: chunks, extents, content versions, and the end of inodes. Each checks everything before
 * it changes anything. Used by one thread.
 */
final class ContentOps {
    /** No chunk is larger; bounds the list of its checksums. */
    static final long MAX_CHUNK_BYTES = 1L << 40;

    private final Tables tables;
    private final Names names;
    private final long transaction;
    private final long nanos;

    ContentOps(Tables tables, Names names, long transaction, long nanos) {
        this.tables = tables;
        this.names = names;
        this.transaction = transaction;
        this.nanos = nanos;
    }

    void addChunk(Op.AddChunk op) throws PoolException {
        Chunk chunk = op.chunk();
        requireWellFormed(chunk);
        if (tables.chunk(chunk.id()) != null) {
            throw new PoolException(Reason.EXISTS, "chunk " + chunk.id() + " is known already");
        }
        ChunkRecord record = new ChunkRecord(chunk);
        record.garbageSince = transaction;
        tables.putChunk(record);
        tables.put(Keys.garbage(transaction, chunk.id()), Records.number(nanos));
        tables.changeUsage(chunk.remote(), 1, chunk.sizeBytes(), record.garbageBytes());
    }

    void forgetChunk(Op.ForgetChunk op) throws PoolException {
        ChunkRecord record = tables.requireChunk(op.chunk());
        if (record.references != 0) {
            throw new PoolException(
                    Reason.INVALID, "chunk " + op.chunk() + " is used by " + record.references + " extents");
        }
        tables.delete(Keys.chunk(Keys.CHUNK, op.chunk()));
        tables.delete(Keys.garbage(record.garbageSince, op.chunk()));
        tables.changeUsage(record.chunk.remote(), -1, -record.chunk.sizeBytes(), -record.garbageBytes());
    }

    void commitContent(Op.CommitContent op) throws PoolException {
        InodeRecord inode = tables.requireRecord(op.inode());
        if (!inode.isRegular()) {
            throw new PoolException(Reason.INVALID, "inode " + op.inode() + " is no regular file and has no content");
        }
        if (inode.version != op.baseVersion()) {
            throw new PoolException(
                    Reason.STALE,
                    "content of inode " + op.inode() + " is at version " + inode.version
                            + ", the change stands on version " + op.baseVersion());
        }
        if (op.sizeBytes() < 0) {
            throw new PoolException(Reason.INVALID, "inode " + op.inode() + " with " + op.sizeBytes() + " bytes");
        }
        requireWellFormed(op.put(), op.sizeBytes());

        ExtentChanges extents = new ExtentChanges(tables, transaction, nanos);
        if (inode.isUncommitted()) {
            tables.delete(Keys.of(Keys.UNCOMMITTED, op.inode()));
            for (MetadataReader.Displaced displaced : tables.displacedBy(op.inode())) {
                names.dropDisplaced(op.inode(), displaced.at(), displaced.inode());
            }
        } else {
            for (ByteRange range : op.drop()) {
                extents.clear(op.inode(), range.offset(), range.end());
            }
            if (op.sizeBytes() < inode.sizeBytes) {
                extents.clear(op.inode(), op.sizeBytes(), Long.MAX_VALUE);
            }
            for (Extent extent : op.put()) {
                extents.clear(op.inode(), extent.fileOffset(), extent.fileEnd());
            }
        }
        for (Extent extent : op.put()) {
            extents.put(op.inode(), extent);
        }
        extents.settle();
        inode.sizeBytes = op.sizeBytes();
        inode.modifyNanos = op.modifyNanos();
        inode.changeNanos = op.changeNanos();
        Long accessNanos = op.accessNanos();
        if (accessNanos != null) {
            inode.accessNanos = accessNanos;
        }
        inode.version++;
        tables.change(inode);
    }

    void repoint(Op.Repoint op) throws PoolException {
        InodeRecord inode = tables.requireRecord(op.inode());
        requireWellFormed(op.put(), inode.sizeBytes);
        ExtentChanges extents = new ExtentChanges(tables, transaction, nanos);
        for (Extent replacement : op.put()) {
            List<Extent> there = tables.extents(op.inode(), replacement.fileOffset(), replacement.fileEnd());
            for (Extent old : there) {
                if (old.piece().chunk().equals(op.from())) {
                    Extent part = replacement.narrow(old.fileOffset(), old.fileEnd());
                    extents.clear(op.inode(), part.fileOffset(), part.fileEnd());
                    extents.put(op.inode(), part);
                }
            }
        }
        extents.settle();
    }

    void reap(Op.Reap op) throws PoolException {
        Set<Long> distinct = new HashSet<>(op.inodes());
        if (distinct.isEmpty() || distinct.size() != op.inodes().size()) {
            throw new PoolException(Reason.INVALID, "a list of inodes to reap is empty or names one twice");
        }
        for (long number : op.inodes()) {
            InodeRecord inode = tables.requireRecord(number);
            if (inode.links != 0 || tables.orphan(number) == null) {
                throw new PoolException(Reason.INVALID, "inode " + number + " still has a name");
            }
            if (tables.isHeldAsDisplaced(number)) {
                throw new PoolException(Reason.BUSY, "inode " + number + " waits for the content that displaced it");
            }
        }
        ExtentChanges extents = new ExtentChanges(tables, transaction, nanos);
        for (long number : op.inodes()) {
            reap(tables.requireRecord(number), extents);
        }
        extents.settle();
    }

    private void reap(InodeRecord inode, ExtentChanges extents) throws PoolException {
        MetadataReader.Orphan orphan = tables.orphan(inode.number);
        if (orphan != null) {
            names.forgetOrphan(orphan);
        }
        if (inode.isRegular()) {
            extents.clear(inode.number, 0, Long.MAX_VALUE);
            for (PendingExtent pending : tables.pendingExtents(inode.number, 0, Long.MAX_VALUE)) {
                tables.delete(Keys.of(
                        Keys.PENDING_EXTENT, inode.number, pending.fileRange().end()));
            }
        }
        for (byte[] name : tables.xattrNames(inode.number)) {
            tables.delete(Keys.of(Keys.XATTR, inode.number, name));
        }
        tables.removeInode(inode);
    }

    static void requireWellFormed(Chunk chunk) throws PoolException {
        long size = chunk.sizeBytes();
        if (size < 1 || size > MAX_CHUNK_BYTES || chunk.epoch() < 0 || !chunk.isChecksumCountRight()) {
            throw new PoolException(
                    Reason.INVALID,
                    "chunk " + chunk.id() + " with " + size + " bytes, epoch " + chunk.epoch() + " and "
                            + chunk.crc32c().length + " checksums");
        }
        String path = chunk.path();
        if (path != null && !ObjectPath.isValid(path)) {
            throw new PoolException(Reason.INVALID, "chunk " + chunk.id() + " cannot lie at \"" + path + "\"");
        }
    }

    /** In order, apart, inside the file, and inside chunks that are known. */
    private void requireWellFormed(List<Extent> put, long sizeBytes) throws PoolException {
        long end = 0;
        ChunkId known = null;
        long knownBytes = 0;
        boolean mayLackHash = false;
        for (Extent extent : put) {
            if (extent.fileOffset() < end || extent.fileEnd() > sizeBytes) {
                throw new PoolException(
                        Reason.INVALID,
                        "extent " + extent.fileRange() + " begins before " + end + " or ends behind " + sizeBytes);
            }
            end = extent.fileEnd();
            ChunkId chunk = extent.piece().chunk();
            if (!chunk.equals(known)) {
                Chunk record = tables.requireChunk(chunk).chunk;
                knownBytes = record.sizeBytes();
                mayLackHash = record.isImported();
                known = chunk;
            }
            if (extent.piece().hash() == null && !mayLackHash) {
                throw new PoolException(
                        Reason.INVALID, "extent " + extent.fileRange() + " in chunk " + chunk + " has no hash");
            }
            requireInside(extent, knownBytes);
        }
    }

    static void requireInside(Extent extent, long chunkBytes) throws PoolException {
        long offset = extent.piece().offset();
        if (offset < 0 || extent.piece().lengthBytes() > chunkBytes - offset) {
            throw new PoolException(
                    Reason.INVALID,
                    "piece " + offset + "+" + extent.piece().lengthBytes() + " of chunk "
                            + extent.piece().chunk() + " which has " + chunkBytes + " bytes");
        }
    }
}
