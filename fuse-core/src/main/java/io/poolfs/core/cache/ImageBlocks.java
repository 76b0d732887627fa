package io.poolfs.core.cache;

import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one image: which are present, dirty and sealed, in memory and in the sidecar, their bytes, and what they
 * cost of the budget. Changed under the image's lock only; the presence map is read by anyone.
 *
 * <p>Always: dirty and sealed blocks are present and no block is both; what is not yet copied is sealed; an absent block
 * is a hole of the file. STAGED pays dirty and sealed blocks, CLEAN the other present ones; the files themselves are
 * paid by the one or the other, as the content is modified or not.
 */
final class ImageBlocks {
    /** What a pair of files costs beside the blocks: the first page of the sidecar, and what the system keeps. */
    static final long FILES_BYTES = 8192;

    private static final int BLOCK = Image.BLOCK_BYTES;
    private static final int SLAB_SHIFT = Integer.numberOfTrailingZeros(BlockMap.SLAB_BLOCKS);

    final BlockMap present = new BlockMap();
    final BlockMap dirty = new BlockMap();
    final BlockMap sealed = new BlockMap();
    final BlockMap uncopied = new BlockMap();

    final ImageMarks marks = new ImageMarks(present, dirty, sealed);

    private final long inode;
    private final ImageFiles files;
    private final ByteBudget budget;
    private final Residency residency;

    private boolean hasFiles;
    private boolean pinned;
    private boolean lent;
    private Budget.Use filesUse = Budget.Use.CLEAN;
    private volatile @Nullable FilePair open;

    /**
     * Grows when blocks have become absent, before their bytes go: a reader who finds it changed read what may have been
     * taken from under him.
     */
    private final AtomicLong shape = new AtomicLong();

    ImageBlocks(long inode, ImageFiles files, ByteBudget budget, Residency residency) {
        this.inode = inode;
        this.files = files;
        this.budget = budget;
        this.residency = residency;
    }

    static long blockOf(long offset) {
        return offset / BLOCK;
    }

    /** The first block behind the offset. */
    static long blocksTo(long offset) {
        return (offset + BLOCK - 1) / BLOCK;
    }

    static long slabOf(long block) {
        return block >>> SLAB_SHIFT;
    }

    long shape() {
        return shape.get();
    }

    boolean hasFiles() {
        return hasFiles;
    }

    long residentBytes() {
        return present.count() * BLOCK;
    }

    /** What making the blocks [from, to) dirty needs of STAGED. */
    long stagedNeed(long from, long to) {
        return (to - from - dirty.count(from, to) - sealed.count(from, to)) * BLOCK + newFileBytes(from, to);
    }

    /** What the files need to hold marks of the blocks [from, to): new files, new pages of the sidecar. */
    long newFileBytes(long from, long to) {
        return (hasFiles ? 0 : FILES_BYTES) + marks.newPages(from, to) * BLOCK;
    }

    /** The open files, in use for the caller, or null when a locked caller must open them. Takes no lock. */
    @Nullable
    FilePair tryUse() {
        FilePair pair = open;
        return pair != null && pair.tryUse() ? pair : null;
    }

    /** The open files, in use for the caller. The image has files. */
    FilePair use() throws PoolException {
        FilePair pair = tryUse();
        if (pair == null) {
            pair = files.open(inode);
            open = pair;
        }
        return pair;
    }

    /** As {@link #use}; makes the files when there are none. */
    FilePair useOrCreate(Grant grant) throws PoolException {
        if (hasFiles) {
            return use();
        }
        grant.spend(FILES_BYTES);
        filesUse = grant.use();
        hasFiles = true;
        FilePair pair;
        try {
            pair = files.create(inode);
        } catch (PoolException e) {
            forgetFiles();
            throw e;
        }
        open = pair;
        return pair;
    }

    /**
     * The files as they were found on disk, with their marks in the maps.
     *
     * @param counted the budget knows them from when they were in memory before
     */
    void adopt(FilePair pair, boolean modified, boolean counted) {
        open = pair;
        hasFiles = true;
        filesUse = modified ? Budget.Use.STAGED : Budget.Use.CLEAN;
        present.forEachRun(0, present.end(), marks::addPages);
        if (!counted) {
            long stagedBytes = (dirty.count() + sealed.count()) * BLOCK;
            budget.adopt(Budget.Use.STAGED, stagedBytes);
            budget.adopt(Budget.Use.CLEAN, residentBytes() - stagedBytes);
            budget.adopt(filesUse, filesBytes());
            publish(0, present.end());
        }
    }

    /** Whether the content is modified decides who pays the files. */
    void payFilesAs(Budget.Use use) {
        if (hasFiles && use != filesUse) {
            budget.convert(filesUse, use, filesBytes());
        }
        filesUse = use;
    }

    /** Marks the clean blocks of [from, to) dirty; on disk when this returns. */
    void dirtyClean(FilePair pair, long from, long to, Grant grant) throws PoolException {
        BlockMap clean = cleanOf(from, to);
        if (clean.isEmpty()) {
            return;
        }
        dirty.addAll(clean);
        try {
            marks.write(pair.map(), from, to, null);
        } catch (PoolException e) {
            dirty.removeAll(clean);
            throw e;
        }
        grant.spend(clean.count() * BLOCK);
        budget.release(Budget.Use.CLEAN, clean.count() * BLOCK);
        publish(from, to);
    }

    /**
     * Marks the absent blocks of [from, to), whose bytes are there now, present, and dirty when STAGED pays; on disk,
     * with the header, when this returns.
     *
     * @param isAhead nobody waits for these blocks yet
     */
    void add(FilePair pair, long from, long to, @Nullable ImageHeader header, Grant grant, boolean isAhead)
            throws PoolException {
        BlockMap added = absentOf(from, to);
        if (!added.isEmpty()) {
            present.addAll(added);
            if (grant.use() == Budget.Use.STAGED) {
                dirty.addAll(added);
            }
        }
        try {
            if (!added.isEmpty()) {
                marks.write(pair.map(), from, to, header);
            } else if (header != null) {
                Sidecar.writeHeader(pair.map(), header);
            }
        } catch (PoolException e) {
            dirty.removeAll(added);
            present.removeAll(added);
            throw e;
        }
        if (!added.isEmpty()) {
            long pageBytes = marks.addPages(from, to) * BLOCK;
            grant.spend(added.count() * BLOCK + pageBytes);
            // Pages are part of the files, and those are paid by the state of the content, not by who made them.
            budget.convert(grant.use(), filesUse, pageBytes);
            if (grant.use() == Budget.Use.CLEAN) {
                publish(from, to, isAhead);
            }
        }
    }

    /** Dirty blocks become sealed; the mark on disk stands for both. */
    void seal(BlockMap which) {
        dirty.removeAll(which);
        sealed.addAll(which);
        uncopied.addAll(which);
    }

    /** Sealed blocks become dirty. */
    void unseal(BlockMap which) {
        sealed.removeAll(which);
        uncopied.removeAll(which);
        dirty.addAll(which);
    }

    /** Sealed blocks become clean; on disk, with the header, when this returns. */
    void cleanse(BlockMap which, @Nullable ImageHeader header) throws PoolException {
        sealed.removeAll(which);
        uncopied.removeAll(which);
        budget.convert(Budget.Use.STAGED, Budget.Use.CLEAN, which.count() * BLOCK);
        if (!hasFiles) {
            return;
        }
        FilePair pair = use();
        try {
            long end = which.end();
            ImageHeader left = header;
            for (long from = which.nextSet(0, end); from < end; ) {
                // Slab by slab, over what is clean: the marks of neighbours are right as well.
                long next = Math.min(end, (slabOf(from) + 1) << SLAB_SHIFT);
                marks.write(pair.map(), from, next, slabOf(from) == 0 ? left : null);
                left = slabOf(from) == 0 ? null : left;
                publish(from, next);
                from = which.nextSet(next, end);
            }
            if (left != null) {
                Sidecar.writeHeader(pair.map(), left);
            }
        } finally {
            pair.done();
        }
    }

    /** Blocks [from, to) become absent, whatever they are. Memory only. Returns how many were present. */
    long remove(long from, long to) {
        long stagedBlocks = dirty.clear(from, to) + sealed.clear(from, to);
        uncopied.clear(from, to);
        long all = present.clear(from, to);
        shape.incrementAndGet();
        budget.release(Budget.Use.STAGED, stagedBlocks * BLOCK);
        budget.release(Budget.Use.CLEAN, (all - stagedBlocks) * BLOCK);
        publish(from, to);
        return all;
    }

    /**
     * The clean blocks of [from, to) leave: first their marks, then their bytes, then their cost. Returns what came
     * free.
     */
    long evict(FilePair pair, long from, long to) throws PoolException {
        BlockMap clean = cleanOf(from, to);
        if (clean.isEmpty()) {
            return 0;
        }
        present.removeAll(clean);
        try {
            marks.write(pair.map(), from, to, null);
        } catch (PoolException e) {
            present.addAll(clean);
            throw e;
        }
        shape.incrementAndGet();
        publish(from, to);
        punch(pair, clean);
        budget.release(Budget.Use.CLEAN, clean.count() * BLOCK);
        trimMarks(pair, from, to);
        return clean.count() * BLOCK;
    }

    /** Dirty blocks of [from, to) leave: what lies beneath them is newer. None is sealed. */
    void drop(FilePair pair, long from, long to) throws PoolException {
        BlockMap gone = new BlockMap();
        dirty.forEachRun(from, to, gone::set);
        if (gone.isEmpty()) {
            return;
        }
        present.removeAll(gone);
        dirty.removeAll(gone);
        try {
            marks.write(pair.map(), from, to, null);
        } catch (PoolException e) {
            present.addAll(gone);
            dirty.addAll(gone);
            throw e;
        }
        shape.incrementAndGet();
        publish(from, to);
        punch(pair, gone);
        budget.release(Budget.Use.STAGED, gone.count() * BLOCK);
        trimMarks(pair, from, to);
    }

    /** Marks of the blocks from here on go. */
    void cutMarks(FilePair pair, long from) throws PoolException {
        marks.cut(pair.map(), from);
        trimMarks(pair, from, present.end());
    }

    /** Gives back what the sidecar takes for the blocks [from, to), where none of a whole page is present any more. */
    void trimMarks(FilePair pair, long from, long to) throws PoolException {
        budget.release(filesUse, marks.trim(pair.map(), from, to) * BLOCK);
    }

    /** Reads so many bytes into dst; what lies behind the end of the file is zeros. */
    static void read(FilePair pair, long offset, ByteBuffer dst, int length) throws PoolException {
        int limit = dst.limit();
        try {
            dst.limit(dst.position() + length);
            pair.data().read(offset, dst);
            while (dst.hasRemaining()) {
                dst.put((byte) 0);
            }
        } finally {
            dst.limit(limit);
        }
    }

    /** Gives the bytes of these blocks, which are absent now, back to the file system. */
    static void punch(FilePair pair, BlockMap which) throws PoolException {
        long end = which.end();
        for (long from = which.nextSet(0, end); from < end; ) {
            long to = which.nextClear(from, end);
            pair.data().punch(from * BLOCK, (to - from) * BLOCK);
            from = which.nextSet(to, end);
        }
    }

    /** Gives back what absent blocks of [from, to) may hold. */
    void punchAbsent(FilePair pair, long from, long to) throws PoolException {
        for (long at = present.nextClear(from, to); at < to; ) {
            long end = present.nextSet(at, to);
            pair.data().punch(at * BLOCK, (end - at) * BLOCK);
            at = present.nextClear(end, to);
        }
    }

    /** As far as it goes: what is left is punched when the image is opened after a restart. */
    static void punchQuietly(FilePair pair, BlockMap which) {
        try {
            punch(pair, which);
        } catch (PoolException e) {
            // The failure that led here is the one to be told.
            return;
        }
    }

    /** As {@link #punchQuietly}, for what lies behind the end. */
    static void cutQuietly(FilePair pair, long sizeBytes) {
        try {
            pair.data().truncate(sizeBytes);
        } catch (PoolException e) {
            // As above.
            return;
        }
    }

    BlockMap absentOf(long from, long to) {
        BlockMap absent = new BlockMap();
        for (long at = present.nextClear(from, to); at < to; ) {
            long end = present.nextSet(at, to);
            absent.set(at, end);
            at = present.nextClear(end, to);
        }
        return absent;
    }

    private BlockMap cleanOf(long from, long to) {
        BlockMap clean = new BlockMap();
        present.forEachRun(from, to, clean::set);
        dirty.forEachRun(from, to, clean::clear);
        sealed.forEachRun(from, to, clean::clear);
        return clean;
    }

    /** Tells which clean bytes can leave. */
    void publish(long from, long to) {
        publish(from, to, false);
    }

    private void publish(long from, long to, boolean isAhead) {
        long last = to > from ? slabOf(to - 1) + 1 : 0;
        for (long slab = present.nextSlab(slabOf(from), last); slab < last; slab = present.nextSlab(slab + 1, last)) {
            residency.update(inode, slab, evictableBytes(slab), isAhead);
        }
    }

    long evictableBytes(long slab) {
        long from = slab << SLAB_SHIFT;
        long to = from + BlockMap.SLAB_BLOCKS;
        return pinned || lent ? 0 : (present.count(from, to) - dirty.count(from, to) - sealed.count(from, to)) * BLOCK;
    }

    void setPinned(boolean now) {
        pinned = now;
        publish(0, present.end());
        budget.changed();
    }

    /** While others have the file open or mapped, no byte of it may leave. */
    void setLent(boolean now) {
        lent = now;
        publish(0, present.end());
        budget.changed();
    }

    boolean isPinned() {
        return pinned;
    }

    /** Closes the files as soon as nobody uses them. */
    void retire() {
        FilePair pair = open;
        open = null;
        if (pair != null) {
            files.retire(pair);
        }
    }

    /** Everything goes: files, blocks, cost. Nobody reads. When it fails, what is on disk is still paid for. */
    void discard() throws PoolException {
        retire();
        files.delete(inode);
        remove(0, present.end());
        forgetFiles();
    }

    /** The files are not ours any more. */
    void forgetFiles() {
        retire();
        if (hasFiles) {
            long bytes = filesBytes();
            hasFiles = false;
            marks.clearPages();
            budget.release(filesUse, bytes);
        }
    }

    long filesBytes() {
        return hasFiles ? FILES_BYTES + marks.pages().count() * BLOCK : 0;
    }

    Budget.Use filesUse() {
        return filesUse;
    }
}
