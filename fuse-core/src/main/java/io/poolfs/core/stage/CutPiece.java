package io.poolfs.core.stage;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.Sha256;

/** A piece that lies in a chunk file. Which chunk that becomes is known when a remote takes it. */
record CutPiece(PieceSource source, long fileOffset, long chunkOffset, long lengthBytes, Sha256 hash) {
    Extent in(ChunkId chunk) {
        return new Extent(fileOffset, lengthBytes, new Piece(chunk, chunkOffset, lengthBytes, hash), 0);
    }
}
