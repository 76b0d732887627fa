package io.poolfs.core.cache;

import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All images of the pool, found by inode. Usable from any thread. */
public interface Images extends AutoCloseable {
    /**
     * The image of a regular file, opened or begun; it stays open until as many {@link #release}. A clean image of
     * another version than the inode's is begun anew; one with uncommitted content on a foreign version is set aside
     * and reported, never deleted.
     */
    Image acquire(Inode committed) throws PoolException;

    void release(Image image);

    /** The image when it is open or has uncommitted content, without opening it; no release needed. Null otherwise. */
    @Nullable
    Image peek(long inode);

    /**
     * Images with uncommitted content. After a restart these are not compared with the metadata yet: {@link #acquire}
     * does it (and takes a commit into account that was cut off); {@link #forget} those whose inode is gone.
     */
    List<Image> modified();

    /** The inode is gone: image, map and budget are given back (after the last release). */
    void forget(long inode);

    /** What is present of pinned images is not evicted, and is found pinned by the next process too. */
    void setPinned(Collection<Long> inodes, boolean pinned) throws PoolException;

    boolean isPinned(long inode);

    PinList pins();

    /** Gives up what is clean and not pinned of the inode's content, up to the size; returns how much came free. */
    long evict(long inode, long sizeBytes) throws PoolException;

    Budget budget();

    @Override
    void close() throws PoolException;
}
