package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The small records: their binary values and back. The fields stand in the order in which they are written here. */
final class Records {
    private static final int VERSION = 1;

    private Records() {}

    /** Type of the inode, inode. */
    static byte[] dentry(long inode, int typeBits) {
        return new RecordWriter(VERSION, 12).u8(typeBits >>> 8).number(inode).toBytes();
    }

    static Dentry dentry(FileName name, byte[] value) throws PoolException {
        RecordReader in = new RecordReader("entry", value, VERSION);
        int typeBits = in.u8() << 8 & FileType.MASK;
        Dentry dentry = new Dentry(name, in.size(), typeBits);
        in.end();
        return dentry;
    }

    /** Length, chunk, offset and length of the piece, skipped bytes, SHA-256 if known. The key has inode and end. */
    static byte[] extent(Extent extent) {
        RecordWriter out = new RecordWriter(VERSION, 80);
        writeExtent(out, extent);
        return out.toBytes();
    }

    static Extent extent(long fileEnd, byte[] value) throws PoolException {
        RecordReader in = new RecordReader("extent", value, VERSION);
        Extent extent = readExtent(in, fileEnd, in.size());
        in.end();
        return extent;
    }

    /** As an extent; of a hole the length alone. */
    static byte[] pending(PendingExtent pending) {
        RecordWriter out = new RecordWriter(VERSION, 80);
        Extent extent = pending.extent();
        if (extent == null) {
            out.number(pending.fileRange().lengthBytes());
        } else {
            writeExtent(out, extent);
        }
        return out.toBytes();
    }

    static PendingExtent pending(long fileEnd, byte[] value) throws PoolException {
        RecordReader in = new RecordReader("pending extent", value, VERSION);
        long length = in.size();
        if (in.remaining() > 0) {
            Extent extent = readExtent(in, fileEnd, length);
            in.end();
            return new PendingExtent(extent.fileRange(), extent);
        }
        if (length > fileEnd) {
            throw in.corrupt("is longer than its end");
        }
        return new PendingExtent(ByteRange.between(fileEnd - length, fileEnd), null);
    }

    /** Transaction, parent and name of the last place. */
    static byte[] orphan(Op.Place lastPlace, long transaction) {
        byte[] name = lastPlace.name().bytes();
        return new RecordWriter(VERSION, 20 + name.length)
                .number(transaction)
                .number(lastPlace.parent())
                .bytes(name)
                .toBytes();
    }

    static MetadataReader.Orphan orphan(long inode, byte[] value) throws PoolException {
        RecordReader in = new RecordReader("orphan", value, VERSION);
        long transaction = in.size();
        return new MetadataReader.Orphan(inode, place(in, in.size()), transaction);
    }

    /** One number: an inode, or a time. */
    static byte[] number(long value) {
        return new RecordWriter(VERSION, 12).number(value).toBytes();
    }

    static long number(String what, byte[] value) throws PoolException {
        RecordReader in = new RecordReader(what, value, VERSION);
        long number = in.number();
        in.end();
        return number;
    }

    /** Write quorum, count; of each member: remote, whether it keeps data too, name. */
    static byte[] members(MetadataReader.Members members) {
        RecordWriter out = new RecordWriter(VERSION, 64)
                .number(members.writeQuorum())
                .number(members.members().size());
        for (Op.Member member : members.members()) {
            out.fixed(member.remote().high())
                    .fixed(member.remote().low())
                    .u8(member.dataToo() ? 1 : 0)
                    .sized(member.name().getBytes(StandardCharsets.UTF_8));
        }
        return out.toBytes();
    }

    static MetadataReader.Members members(byte[] value) throws PoolException {
        RecordReader in = new RecordReader("members", value, VERSION);
        int quorum = in.intSize();
        int count = in.intSize();
        List<Op.Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RemoteId remote = remote(in);
            boolean dataToo = in.u8() != 0;
            members.add(new Op.Member(remote, new String(in.sized(), StandardCharsets.UTF_8), dataToo));
        }
        in.end();
        return new MetadataReader.Members(List.copyOf(members), quorum);
    }

    /** Chunks, stored bytes, bytes of them that no extent uses. */
    static byte[] usage(MetadataReader.Usage usage) {
        return new RecordWriter(VERSION, 32)
                .number(usage.chunks())
                .number(usage.storedBytes())
                .number(usage.garbageBytes())
                .toBytes();
    }

    static MetadataReader.Usage usage(byte[] value) throws PoolException {
        RecordReader in = new RecordReader("usage", value, VERSION);
        MetadataReader.Usage usage = new MetadataReader.Usage(in.size(), in.size(), in.size());
        in.end();
        return usage;
    }

    /** Reads the rest of the record as the name of the place. */
    static Op.Place place(RecordReader in, long parent) throws PoolException {
        return new Op.Place(parent, name(in.rest()));
    }

    /** The place at the end of a key: parent and name. */
    static Op.Place placeInKey(byte[] key, int offset) throws PoolException {
        return new Op.Place(Keys.numberAt(key, offset), name(Arrays.copyOfRange(key, offset + 8, key.length)));
    }

    static RemoteId remote(RecordReader in) throws PoolException {
        return new RemoteId(in.fixed(), in.fixed());
    }

    private static FileName name(byte[] bytes) throws PoolException {
        try {
            return FileName.of(bytes);
        } catch (PoolException e) {
            throw new PoolException(Reason.CORRUPT, "a name in the local metadata is damaged: " + e.getMessage(), e);
        }
    }

    private static void writeExtent(RecordWriter out, Extent extent) {
        Piece piece = extent.piece();
        out.number(extent.lengthBytes())
                .fixed(piece.chunk().high())
                .fixed(piece.chunk().low())
                .number(piece.offset())
                .number(piece.lengthBytes())
                .number(extent.skipBytes());
        Sha256 hash = piece.hash();
        if (hash != null) {
            out.bytes(hash.bytes());
        }
    }

    private static Extent readExtent(RecordReader in, long fileEnd, long length) throws PoolException {
        ChunkId chunk = new ChunkId(in.fixed(), in.fixed());
        long offset = in.size();
        long pieceLength = in.size();
        long skip = in.size();
        Sha256 hash = in.remaining() == 0 ? null : Sha256.of(in.bytes(Sha256.BYTES));
        Piece piece = new Piece(chunk, offset, pieceLength, hash);
        try {
            return new Extent(fileEnd - length, length, piece, skip);
        } catch (IllegalArgumentException e) {
            throw new PoolException(Reason.CORRUPT, "damaged " + e.getMessage() + " in the local metadata", e);
        }
    }
}
