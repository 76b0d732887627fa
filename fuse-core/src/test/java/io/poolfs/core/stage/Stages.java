package io.poolfs.core.stage;

import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Short words for stage tests. */
final class Stages {
    private Stages() {}

    /** The run as a whole piece of the chunk. */
    static Extent extent(long chunk, long chunkOffset, long fileOffset, long length) {
        Piece piece = new Piece(new ChunkId(0, chunk), chunkOffset, length, Sha256.of(new byte[Sha256.BYTES]));
        return new Extent(fileOffset, length, piece, 0);
    }

    static PendingExtent pending(Extent extent) {
        return new PendingExtent(extent.fileRange(), extent);
    }

    static PendingExtent hole(long offset, long length) {
        return new PendingExtent(new ByteRange(offset, length), null);
    }

    /** A content whose bytes are known; remembers what was copied of it. */
    static class Bytes implements PieceSource {
        final byte[] bytes;
        final List<ByteRange> copied = new ArrayList<>();
        long staleFrom = Long.MAX_VALUE;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        Slice slice(long offset, long length) {
            return new Slice(this, new ByteRange(offset, length));
        }

        @Override
        public void read(long fileOffset, ByteBuffer dst) throws PoolException {
            if (fileOffset + dst.remaining() > staleFrom) {
                throw new PoolException(Reason.STALE, "cut off");
            }
            dst.put(bytes, (int) fileOffset, dst.remaining());
        }

        @Override
        public void copied(ByteRange range) {
            copied.add(range);
        }
    }
}
