package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;

/**
 * The pending extents of the metadata, as far as images change them. Called under an image's lock; each call is one
 * local transaction. Repeating a call is harmless.
 */
public interface PendingRuns {
    /** Nothing is pending at or beyond the offset any more. */
    void cut(long inode, long fromOffset) throws PoolException;

    /** The range is a hole of the pending content from now on. */
    void hole(long inode, ByteRange range) throws PoolException;
}
