package io.poolfs.core.fetch;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.util.List;

/** Where verified bytes of chunks come from. */
@FunctionalInterface
interface PieceSource {
    /** Has nothing. */
    PieceSource NONE = (chunk, extents, dst) -> false;

    /** Fills dst with the bytes of these extents, neighbours in their chunk; false when it does not have them. */
    boolean read(Chunk chunk, List<Extent> extents, ByteBuffer dst) throws PoolException;
}
