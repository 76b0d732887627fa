package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sparse local mirror of one inode's content: which blocks are present, which are dirty, and the size and times of
 * the content that is not committed yet. Reads take no lock; all that changes it runs under the image's own lock,
 * without remote I/O.
 *
 * <p>Block states: absent → present (install) → dirty (write) → sealed (seal) → present (committed), and dirty again by
 * a write at any time. Only present blocks that are neither dirty nor sealed nor pinned can leave.
 */
public interface Image {
    /** The unit of presence. */
    int BLOCK_BYTES = 4096;

    long inode();

    /** The state now; immutable. */
    Content content();

    /**
     * Takes the image's lock (reentrant) for steps that must be one: a truncate or punch together with its change of the
     * pending extents, a seal together with reading them. Nothing that waits for a remote or for the budget happens
     * inside.
     *
     * <p>A commit is first in the metadata and then here ({@link Seal#committed}): who plans a read from the metadata
     * looks again when the inode's version there is not {@link Content#baseVersion}.
     */
    Monitor.Hold lock();

    /**
     * Size, times and base of the content as the user sees it.
     *
     * @param baseVersion committed version on which this content stands
     * @param baseLimit committed extents at or beyond this offset are no longer part of the content
     * @param modified content differs from the base version (bytes, size or explicit times)
     * @param accessNanos set explicitly since the base, else null
     * @param truncatedWhileOpen an open handle truncated it and has not been closed: not committed by age
     * @param generation grows with each change
     */
    record Content(
            long baseVersion,
            long sizeBytes,
            long baseLimit,
            long modifyNanos,
            long changeNanos,
            @Nullable Long accessNanos,
            boolean modified,
            boolean truncatedWhileOpen,
            long generation) {}

    /** Copies from present blocks, from the offset up to the first absent block, the end of file, or dst's limit. */
    int read(long offset, ByteBuffer dst) throws PoolException;

    /** The parts of the range, below the size, that are absent; whole blocks, in order. */
    List<ByteRange> absent(long offset, long lengthBytes);

    /**
     * Puts verified bytes into the absent blocks of the range, if the base version is still the given one. The caller
     * has reserved them as CLEAN; what was not needed is given back here.
     */
    void install(long baseVersion, long offset, ByteBuffer bytes) throws PoolException;

    /**
     * Writes; the bytes survive kill -9 when it returns. Blocks covered only in part must be present (or have nothing
     * beneath them): see {@link #edges}. Reserves from the budget before it takes the lock.
     */
    void write(long offset, ByteBuffer src, long nowNanos, long deadlineNanos) throws PoolException;

    /** The blocks at the two ends of the range that a write would cover in part and that are absent and below the size. */
    List<ByteRange> edges(long offset, long lengthBytes);

    /** Changes the size; a smaller size cuts off base and pending content beyond it for good. */
    void truncate(long sizeBytes, long nowNanos, boolean byOpenHandle) throws PoolException;

    /** The whole blocks of the range hold zeros from now on and take no room; the caller has recorded the hole. */
    void punch(long offset, long lengthBytes, long nowNanos) throws PoolException;

    /** Explicit times; kept with the content while it is uncommitted. Null stays. */
    void setTimes(@Nullable Long accessNanos, @Nullable Long modifyNanos, long nowNanos) throws PoolException;

    /** Dirty bytes not yet sealed. */
    long dirtyBytes();

    /** Bytes present. */
    long residentBytes();

    /** Dirty runs not yet sealed, in order, up to the size, at most {@code maxBytes} of them. */
    List<ByteRange> dirtyRanges(long maxBytes);

    /** Runs whose bytes are nowhere but here: dirty or sealed and not uploaded yet. In order, up to the size. */
    List<ByteRange> unsavedRanges();

    /** Everything written so far survives a power loss when this returns, if {@code cache_dir} is on a disk. */
    void sync() throws PoolException;

    /**
     * Takes all dirty blocks as one content version. From here to {@link Seal#committed} or {@link Seal#failed} no
     * second seal is possible. A write to a sealed block that was not yet copied waits for {@link Seal#copied}.
     */
    Seal seal() throws PoolException;

    /**
     * Takes dirty runs away to upload them ahead of the commit; same rules, but no version. Any number of these may be
     * open at a time, beside at most one of {@link #seal}. Null when nothing of the range is dirty.
     */
    @Nullable
    Seal sealRange(long offset, long lengthBytes) throws PoolException;

    /**
     * A set of sealed blocks on its way to the remotes. A block leaves the set for good when it is written again
     * (after it was copied), punched or cut off: then {@code uploaded}, {@code committed} and {@code failed} leave it
     * alone, and another seal may take it.
     */
    interface Seal {
        /** The content when it was sealed. */
        Content content();

        /** The sealed runs, in order, ending at the size at most. */
        List<ByteRange> ranges();

        /** The parts of the range that still are what was sealed: not written, punched or cut off since. In order. */
        List<ByteRange> unchanged(ByteRange range);

        /** Reads sealed bytes that have not been released to writers yet. */
        void read(long offset, ByteBuffer dst) throws PoolException;

        /** The bytes of this range are safe in a chunk file: writers may go on. */
        void copied(ByteRange range);

        /** The bytes of this range are on a remote and recorded as pending: the blocks may leave unless dirty again. */
        void uploaded(ByteRange range) throws PoolException;

        /** The content version was committed as {@code newVersion}; the sealed blocks become clean. */
        void committed(long newVersion) throws PoolException;

        /** Nothing came of it: what was not uploaded is dirty again. */
        void failed();
    }
}
