package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata holds of contents, as far as images need it. Called under an image's lock; each call is one read or
 * one local transaction. Repeating a call is harmless.
 */
public interface ContentRecords {
    /** The inode as it is journaled now; null when it is gone. */
    @Nullable
    Inode inode(long number) throws PoolException;

    /** Nothing is pending at or beyond the offset any more. */
    void cut(long inode, long fromOffset) throws PoolException;

    /** The range is a hole of the pending content from now on. */
    void hole(long inode, ByteRange range) throws PoolException;
}
