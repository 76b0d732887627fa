package io.poolfs.core.stage;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Puts bytes that are on the remotes already into a new chunk, on the way that all chunks go: room, chunk file,
 * placement, pending record, upload. Usable from any thread.
 */
public final class ChunkRewriter {
    private final ChunkRoom room;
    private final ChunkFiles files;
    private final Uploader uploader;
    private final PlacedChunks placed;

    ChunkRewriter(ChunkRoom room, ChunkFiles files, Uploader uploader, PlacedChunks placed) {
        this.room = room;
        this.files = files;
        this.uploader = uploader;
        this.placed = placed;
    }

    /**
     * The new chunk and where each run lies in it, in the order of the runs. Closing lets the chunk go: it must have
     * found its use in a transaction before, or gc deletes it.
     */
    public final class Rewritten implements AutoCloseable {
        private final Chunk chunk;
        private final List<CutPiece> pieces;

        private Rewritten(Chunk chunk, List<CutPiece> pieces) {
            this.chunk = chunk;
            this.pieces = pieces;
        }

        public Chunk chunk() {
            return chunk;
        }

        /** The run of that number as a piece of the new chunk, at the given place of a file. */
        public Extent extent(int run, long fileOffset) {
            CutPiece piece = pieces.get(run);
            return new CutPiece(piece.source(), fileOffset, piece.chunkOffset(), piece.lengthBytes(), piece.hash())
                    .in(chunk.id());
        }

        /** The transaction that uses it has been committed. */
        public void used() {
            placed.forget(chunk.id());
        }

        @Override
        public void close() {
            placed.letGo(chunk.id());
        }
    }

    /**
     * Uploads the runs of a buffer as one chunk. Waits for room and for a remote, for as long as it takes.
     *
     * @param bytes not changed; its position is 0
     * @throws PoolException CANCELLED when {@code stop} says so; what else an upload can end with
     */
    public Rewritten rewrite(ByteBuffer bytes, List<ByteRange> runs, BooleanSupplier stop) throws PoolException {
        PieceSource source = new Buffered(bytes);
        List<Slice> slices = new ArrayList<>();
        long total = 0;
        for (ByteRange run : runs) {
            slices.add(new Slice(source, run));
            total += run.lengthBytes();
        }
        ChunkFile file = files.write(slices, room.take(total, stop));
        try {
            Chunk chunk = uploader.upload(file, new Uploader.Order(false, null, stop, e -> {}));
            return new Rewritten(chunk, file.pieces());
        } finally {
            files.delete(file);
        }
    }

    private record Buffered(ByteBuffer bytes) implements PieceSource {
        @Override
        public void read(long offset, ByteBuffer dst) {
            dst.put(bytes.slice((int) offset, dst.remaining()));
        }

        @Override
        public void copied(ByteRange range) {}
    }
}
