package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;

/**
 * The write-back stager: takes modified images to committed content versions. Keyed by inode. Usable from any thread.
 */
public interface Stager extends AutoCloseable {
    /** The image got its first uncommitted change, or was changed again. Cheap; called on each write. */
    void modified(Image image);

    /** A writer's handle was closed: commit soon. */
    void closed(long inode);

    /** A new regular file that nothing was written to was closed: its emptiness is to be committed. */
    void closedEmpty(long inode);

    /**
     * Commits what the inode's content is now; returns when its transaction is in the local journal, with its number
     * (0: nothing was to be committed).
     *
     * @throws PoolException TIMEOUT or what the remotes said, at the deadline; the data stays staged
     */
    long commit(long inode, long deadlineNanos) throws PoolException;

    /** As {@link #commit} for everything that is modified now. */
    void commitAll(long deadlineNanos) throws PoolException;

    /** The inode is gone: what is under way for it is dropped. */
    void forget(long inode);

    Status status();

    /** Stops taking new work and ends; what is not committed stays in the images. */
    @Override
    void close();

    record Status(long modifiedFiles, long stagedBytes, long oldestNanos, int uploadsInProgress, long uploadedBytes) {}
}
