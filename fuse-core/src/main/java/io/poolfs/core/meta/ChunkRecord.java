package io.poolfs.core.meta;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import java.nio.charset.StandardCharsets;

/**
 * A chunk inside a transaction, with its uses: the extents that point into it and the sum of their lengths. Without
 * references it is garbage since {@code garbageSince} (else 0). Used by one thread.
 *
 * <p>Value: remote (16 bytes), size, epoch, references, live bytes, garbage since, in version 2 the path, one four-byte
 * CRC32C per MiB. Version 2 is written where there is a path.
 */
final class ChunkRecord {
    private static final int VERSION = 1;
    private static final int WITH_PATH = 2;

    final Chunk chunk;
    long references;
    long liveBytes;
    long garbageSince;

    ChunkRecord(Chunk chunk) {
        this.chunk = chunk;
    }

    static ChunkRecord decode(ChunkId id, byte[] value) throws PoolException {
        boolean hasPath = value.length > 0 && value[0] == WITH_PATH;
        RecordReader in = new RecordReader("chunk", value, hasPath ? WITH_PATH : VERSION);
        var remote = Records.remote(in);
        long size = in.size();
        long epoch = in.size();
        long references = in.size();
        long live = in.size();
        long garbageSince = in.size();
        String path = hasPath ? new String(in.sized(), StandardCharsets.UTF_8) : null;
        int[] crcs = new int[in.remaining() / Integer.BYTES];
        for (int i = 0; i < crcs.length; i++) {
            crcs[i] = in.u8() << 24 | in.u8() << 16 | in.u8() << 8 | in.u8();
        }
        in.end();
        ChunkRecord record = new ChunkRecord(new Chunk(id, remote, size, epoch, crcs, path));
        record.references = references;
        record.liveBytes = live;
        record.garbageSince = garbageSince;
        return record;
    }

    byte[] encode() {
        String path = chunk.path();
        RecordWriter out = new RecordWriter(
                        path == null ? VERSION : WITH_PATH, 48 + Integer.BYTES * chunk.crc32c().length)
                .fixed(chunk.remote().high())
                .fixed(chunk.remote().low())
                .number(chunk.sizeBytes())
                .number(chunk.epoch())
                .number(references)
                .number(liveBytes)
                .number(garbageSince);
        if (path != null) {
            out.sized(path.getBytes(StandardCharsets.UTF_8));
        }
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
