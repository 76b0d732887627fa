package io.poolfs.core.cache;

import io.poolfs.core.model.PoolException;

/**
 * The hard byte budget ({@code cache_size}) for images, sealed chunk files and fetch buffers. Bytes are reserved before
 * they are used. Usable from any thread; never called with an image's lock held when it may wait.
 */
public interface Budget {
    enum Use {
        /** Clean image bytes and fetch buffers: eviction can give them back. */
        CLEAN,
        /** Dirty image bytes and sealed chunk files: at most three quarters of the budget. */
        STAGED
    }

    long limitBytes();

    /**
     * What STAGED may take at most through {@link #reserve}. Whoever makes staged bytes leave must not wait for this
     * share while it is full of what only he can move: he reserves his working room beforehand, or as CLEAN.
     */
    long stagedLimitBytes();

    long usedBytes(Use use);

    /**
     * Takes bytes, evicting clean slabs and then waiting for others to give back.
     *
     * @throws PoolException NO_SPACE when nothing came free until the deadline (monotonic nanoseconds)
     */
    void reserve(Use use, long bytes, long deadlineNanos) throws PoolException;

    /**
     * As reserve, but does not wait for others to give back, and evicts nothing that was fetched ahead of a reader and
     * waits to be read.
     */
    boolean tryReserve(Use use, long bytes);

    /** Turns reserved bytes from one use to the other; never waits (STAGED may exceed its share by this). */
    void convert(Use from, Use to, long bytes);

    void release(Use use, long bytes);
}
