package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.time.Clock;
import io.poolfs.core.time.RealScheduler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A pool's metadata in memory with short words for changes. Time is a counter. Closed by whoever made it. */
public final class MetadataFixture implements AutoCloseable {
    public static final RemoteId REMOTE = new RemoteId(7, 7);
    public static final long MIB = 1 << 20;

    final RealScheduler scheduler = RealScheduler.create();
    final KeyValueStore store;
    public final RecordingLog log = new RecordingLog();
    public final Metadata metadata;
    final AtomicLong now = new AtomicLong(1_000);
    private final AtomicLong chunks = new AtomicLong();

    public MetadataFixture() throws PoolException {
        store = new MemoryStore(scheduler);
        metadata = KeyValueMetadata.open(store, log, clock());
    }

    Clock clock() {
        return new Clock() {
            @Override
            public long wallNanos() {
                return now.incrementAndGet();
            }

            @Override
            public long monotonicNanos() {
                return now.get();
            }
        };
    }

    @Override
    public void close() throws PoolException {
        metadata.close();
        scheduler.close();
    }

    public void apply(Op... ops) throws PoolException {
        metadata.change(writer -> {
            for (Op op : ops) {
                writer.apply(op);
            }
            return "";
        });
    }

    public long create(long parent, String name, int mode) throws PoolException {
        return create(parent, name, mode, 0);
    }

    public long create(long parent, String name, int mode, long displaces) throws PoolException {
        return metadata.change(writer -> {
            long inode = writer.nextInode();
            byte[] target = (mode & FileType.MASK) == FileType.SYMLINK.modeBits() ? new byte[] {'t'} : null;
            writer.apply(new Op.Create(at(parent, name), inode, mode, 10, 20, 0, target, writer.nanos(), displaces));
            return inode;
        });
    }

    public long file(long parent, String name) throws PoolException {
        return create(parent, name, FileType.REGULAR.modeBits() | 0644);
    }

    public long directory(long parent, String name) throws PoolException {
        return create(parent, name, FileType.DIRECTORY.modeBits() | 0755);
    }

    /** A file with one extent of that many bytes in a chunk of its own. */
    public long committed(long parent, String name, long bytes) throws PoolException {
        long inode = file(parent, name);
        commit(inode, 0, bytes, List.of(), newChunk(bytes, 0));
        return inode;
    }

    /** Commits content; the extent's chunk is added in the same transaction. */
    public void commit(long inode, long base, long size, List<ByteRange> drop, Extent... put) throws PoolException {
        metadata.change(writer -> {
            for (Extent extent : put) {
                if (writer.chunk(extent.piece().chunk()) == null) {
                    writer.apply(new Op.AddChunk(chunk(
                            extent.piece().chunk(),
                            extent.piece().lengthBytes() + extent.piece().offset())));
                }
            }
            long nanos = writer.nanos();
            writer.apply(new Op.CommitContent(inode, base, size, nanos, nanos, null, drop, List.of(put)));
            return "";
        });
    }

    /** An extent at the offset that fills a new chunk. */
    public Extent newChunk(long bytes, long fileOffset) {
        return extent(new ChunkId(1, chunks.incrementAndGet()), 0, bytes, fileOffset);
    }

    public static Extent extent(ChunkId chunk, long chunkOffset, long bytes, long fileOffset) {
        byte[] hash = new byte[Sha256.BYTES];
        hash[0] = (byte) chunk.low();
        hash[1] = (byte) chunkOffset;
        return new Extent(fileOffset, bytes, new Piece(chunk, chunkOffset, bytes, Sha256.of(hash)), 0);
    }

    public static Chunk chunk(ChunkId id, long bytes) {
        int[] crcs = new int[Chunk.blocks(bytes)];
        for (int i = 0; i < crcs.length; i++) {
            crcs[i] = (int) id.low() * 31 + i;
        }
        return new Chunk(id, REMOTE, bytes, 1, crcs);
    }

    public void unlink(long parent, String name) throws PoolException {
        metadata.change(writer -> {
            writer.apply(new Op.Unlink(at(parent, name), writer.nanos()));
            return "";
        });
    }

    public void rename(long fromParent, String from, long toParent, String to) throws PoolException {
        rename(fromParent, from, toParent, to, false, 0);
    }

    public void rename(long fromParent, String from, long toParent, String to, boolean exchange, long displaces)
            throws PoolException {
        metadata.change(writer -> {
            writer.apply(new Op.Rename(at(fromParent, from), at(toParent, to), writer.nanos(), exchange, displaces));
            return "";
        });
    }

    public Inode inode(long number) throws PoolException {
        return metadata.read(reader -> reader.requireInode(number));
    }

    /** The inode that the name points to, or 0. */
    public long lookup(long parent, String name) throws PoolException {
        return metadata.read(reader -> {
            Dentry dentry = reader.entry(parent, FileName.of(name));
            return dentry == null ? 0 : dentry.inode();
        });
    }

    public boolean exists(long inode) throws PoolException {
        return metadata.read(reader -> Optional.ofNullable(reader.inode(inode))).isPresent();
    }

    public List<Extent> extents(long inode) throws PoolException {
        return metadata.read(reader -> reader.extents(inode, 0, Long.MAX_VALUE));
    }

    public static Op.Place at(long parent, String name) throws PoolException {
        return new Op.Place(parent, FileName.of(name));
    }
}
