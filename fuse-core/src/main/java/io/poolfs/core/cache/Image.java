package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
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
     * Takes the image's lock (reentrant) for steps that must be one: a seal together with reading the pending extents,
     * {@link Seal#unchanged} and recording an upload as pending together with {@link Seal#uploaded}. Nothing that waits
     * for a remote or for the budget happens inside, and it is taken before any transaction of the metadata.
     *
     * <p>A commit is first in the metadata and then here ({@link Seal#committed}): who plans a read from the metadata
     * uses {@link #baseLimit} with the version that he found there.
     */
    Monitor.Hold lock();

    /**
     * Size, times and base of the content as the user sees it. While not modified, the times are those of the inode
     * when the image was acquired: the metadata knows newer ones.
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
     * Begins to bring the absent blocks of the range in. Must be begun before the metadata is asked what they hold:
     * from here on, the image knows which of them a write, truncate or punch has overtaken.
     */
    Landing land(long offset, long lengthBytes) throws PoolException;

    /**
     * Where the extents of this journaled version end to be part of the content. Empty when the image stands on a newer
     * version than the given one: read the metadata again.
     */
    OptionalLong baseLimit(long journaledVersion);

    /**
     * Writes; the bytes survive kill -9 when it returns. Blocks covered only in part must be present (or have nothing
     * beneath them): see {@link #edges}. Reserves from the budget before it takes the lock. A write to blocks that are
     * sealed and not yet copied waits for {@link Seal#copied}.
     *
     * @throws PoolException STALE when a block at an edge is absent (also: evicted since it was fetched): make {@link
     *     #edges} present and call again, with src as it is now (a part may be written); NO_SPACE at the deadline
     */
    void write(long offset, ByteBuffer src, long nowNanos, long deadlineNanos) throws PoolException;

    /** The blocks at the two ends of the range that a write would cover in part and that must be fetched first. */
    List<ByteRange> edges(long offset, long lengthBytes);

    /**
     * Changes the size; a smaller size cuts off base and pending content beyond it for good: the pending extents there
     * are dropped in the same step, through {@link ContentRecords}. A seal that has not copied
     * what is cut off fails: its reads throw STALE.
     */
    void truncate(long sizeBytes, long nowNanos, boolean byOpenHandle) throws PoolException;

    /** The handle that truncated it was closed: age may commit it again. */
    void truncatorClosed();

    /**
     * The whole blocks of the range, below the size, hold zeros from now on and take no room. The hole is recorded as
     * pending in the same step, through {@link ContentRecords}; parts of blocks are for the caller to overwrite. Seals as
     * with {@link #truncate}.
     */
    void punch(long offset, long lengthBytes, long nowNanos) throws PoolException;

    /**
     * The range holds from now on what {@code recording} records as pending in it, in place of what the image has there;
     * the size grows when needed. The range begins with a block and ends with one, or at or behind the size.
     *
     * @param recording one local transaction, run under the image's lock; nothing has changed when it throws
     * @throws PoolException STALE when the range ends inside a block that has more content
     */
    void share(long offset, long lengthBytes, long nowNanos, Recording recording) throws PoolException;

    @FunctionalInterface
    interface Recording {
        void record() throws PoolException;
    }

    /**
     * Lets others read the image's file without asking: clean content, of which nothing leaves until {@link #endLoan}.
     * Whether it is complete is for the caller to see afterwards. Null when it cannot be: nothing has happened.
     */
    @Nullable
    Path lend() throws PoolException;

    /** Who has the lent file may change mapped bytes unseen from now on; this outlasts the process. */
    void suspect() throws PoolException;

    boolean isSuspect();

    /** Makes dirty what was changed unseen; returns whether there was any. Reads the whole image, slab by slab. */
    boolean recheck(long nowNanos, long deadlineNanos) throws PoolException;

    /** Nobody was given the file to open who still has it. Returns false while it is open or mapped all the same. */
    boolean endLoan(long nowNanos, long deadlineNanos) throws PoolException;

    /** Pending extents were recorded by others than its seals and punches: they lie beneath its absent blocks. */
    void pendingAdded();

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
     * second seal of this kind is possible. A write to a sealed block that was not yet copied waits for {@link
     * Seal#copied}.
     *
     * @throws PoolException BUSY while another version is sealed
     */
    Seal seal() throws PoolException;

    /**
     * Takes dirty runs away to upload them ahead of the commit; same rules, but no version. Any number of these may be
     * open at a time, beside at most one of {@link #seal}. It ends by itself when all its blocks are uploaded or have
     * left it, else with {@link Seal#failed}. Null when nothing of the range is dirty.
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

        /**
         * The parts of the range that still are what was sealed: not written, punched or cut off since. In order. For a
         * version that is any part of the content, also what was clean: a commit drops what is pending in these parts
         * only. For a seal of a range, only parts of {@link #ranges}. Nothing once it has ended. Takes the image's lock: not from inside a
         * transaction, unless the lock was taken before it.
         */
        List<ByteRange> unchanged(ByteRange range);

        /**
         * Reads sealed bytes that have not been released to writers yet.
         *
         * @throws PoolException STALE when a truncate or punch took them before they were copied: nothing can come of
         *     the seal
         */
        void read(long offset, ByteBuffer dst) throws PoolException;

        /** The bytes of this range are safe in a chunk file: writers may go on. */
        void copied(ByteRange range);

        /**
         * The bytes of this range are on a remote and, where they are unchanged, recorded as pending: the blocks may
         * leave.
         */
        void uploaded(ByteRange range) throws PoolException;

        /** The content version was committed as {@code newVersion}; the sealed blocks become clean. */
        void committed(long newVersion) throws PoolException;

        /** Nothing came of it: what was not uploaded is dirty again. Nothing happens when it has ended. */
        void failed();
    }

    /** A fetch under way into absent blocks. Keeps the image open; closing ends it. Usable from any thread. */
    interface Landing extends AutoCloseable {
        Image image();

        /** Whole blocks. */
        ByteRange range();

        /** What of the range is absent and not overtaken, whole blocks, in order. */
        List<ByteRange> wanted();

        /** Whether the bytes that the metadata gave for this offset are still its content. */
        boolean isCurrent(long offset);

        /** What must be reserved as CLEAN to install so many bytes now. */
        long costBytes(long lengthBytes);

        /**
         * Puts verified bytes, whole blocks, into those that are still wanted.
         *
         * @param reservedBytes what the caller has reserved as CLEAN for it: it changes hands; what is not needed is
         *     given back here, also when it fails. Where it is too little, blocks stay absent.
         * @param isAhead nobody waits for them yet: they stay for a while, so that their reader finds them
         */
        void install(long offset, ByteBuffer bytes, long reservedBytes, boolean isAhead) throws PoolException;

        /** For who waits for them. */
        default void install(long offset, ByteBuffer bytes, long reservedBytes) throws PoolException {
            install(offset, bytes, reservedBytes, false);
        }

        @Override
        void close();
    }
}
