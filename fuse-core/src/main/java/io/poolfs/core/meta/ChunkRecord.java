package io.poolfs.core.meta;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;

/**
 * A chunk inside a transaction, with its uses: the extents that point into it and the sum of their lengths. Without
 * references it is garbage since {@code garbageSince} (else 0). Used by one thread.
 *
 * <p>Value: remote (16 bytes), size, epoch, references, live bytes, garbage since, one four-byte CRC32C per MiB.
 */
final class ChunkRecord {
    private static final int VERSION = 1;

    final Chunk chunk;
    long references;
    long liveBytes;
    long garbageSince;

    ChunkRecord(Chunk chunk) {
        this.chunk = chunk;
    }

    static ChunkRecord decode(ChunkId id, byte[] value) throws PoolException {
        RecordReader in = new RecordReader("chunk", value, VERSION);
        var remote = Records.remote(in);
        long size = in.size();
        long epoch = in.size();
        long references = in.size();
        long live = in.size();
        long garbageSince = in.size();
        int[] crcs = new int[in.remaining() / Integer.BYTES];
        for (int i = 0; i < crcs.length; i++) {
            crcs[i] = in.u8() << 24 | in.u8() << 16 | in.u8() << 8 | in.u8();
        }
        in.end();
        ChunkRecord record = new ChunkRecord(new Chunk(id, remote, size, epoch, crcs));
        record.references = references;
        record.liveBytes = live;
        record.garbageSince = garbageSince;
        return record;
    }

    byte[] encode() {
        RecordWriter out = new RecordWriter(VERSION, 48 + Integer.BYTES * chunk.crc32c().length)
                .fixed(chunk.remote().high())
                .fixed(chunk.remote().low())
                .number(chunk.sizeBytes())
                .number(chunk.epoch())
                .number(references)
                .number(liveBytes)
                .number(garbageSince);
        for (int crc : chunk.crc32c()) {
            out.u8(crc >>> 24).u8(crc >>> 16).u8(crc >>> 8).u8(crc);
        }
        return out.toBytes();
    }

    /** Bytes that no extent uses. Extents that share bytes can make more live bytes than the chunk has. */
    long garbageBytes() {
        return Math.max(0, chunk.sizeBytes() - liveBytes);
    }
}
