package io.poolfs.core.stage;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;

/** Where the bytes of pieces come from: a sealed content. Identity matters: one object per content. */
interface PieceSource {
    /** Fills {@code dst}. STALE: the bytes are no longer what they were, nothing can come of this source. */
    void read(long fileOffset, ByteBuffer dst) throws PoolException;

    /** The bytes of the range are in a chunk file. */
    void copied(ByteRange range);
}
