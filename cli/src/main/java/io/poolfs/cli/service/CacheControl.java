package io.poolfs.cli.service;

import io.poolfs.core.model.PoolException;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;

/** What of the pool's content is to be in the cache, by inode. Usable from any thread. */
public interface CacheControl {
    /** Bytes of content without holes; 0 for what is no regular file. */
    long contentBytes(long inode) throws PoolException;

    /** Bytes of it in the cache. */
    long presentBytes(long inode) throws PoolException;

    /** Fetches what is absent; returns how much is absent still for want of room. */
    long warm(long inode, LongConsumer moved) throws PoolException;

    /** Gives up what need not stay; returns how many bytes came free. */
    long evict(long inode) throws PoolException;

    /** NO_SPACE, with nothing done, when these are more than pins may take. */
    void pin(Collection<Long> inodes) throws PoolException;

    void unpin(Collection<Long> inodes) throws PoolException;

    boolean isPinned(long inode);

    List<Long> pins();

    Pinned pinned() throws PoolException;

    /** What pins take, and may take. */
    record Pinned(int files, long bytes, long limitBytes) {
        public static final Pinned NONE = new Pinned(0, 0, 0);
    }
}
