package io.poolfs.core.stage;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.RemoteId;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Sealed bytes in a local file on their way to a remote. Immutable; it takes room in the budget until {@link
 * ChunkFiles#delete}.
 *
 * @param pieces what lies in it, in order
 * @param lost sources that were cut off while they were copied: what lies here of them is of no use
 */
record ChunkFile(
        Path path, long sizeBytes, int[] crc32c, List<CutPiece> pieces, Set<PieceSource> lost, ChunkRoom.Share share) {
    Chunk as(ChunkId id, RemoteId remote, long epoch) {
        return new Chunk(id, remote, sizeBytes, epoch, crc32c);
    }
}
