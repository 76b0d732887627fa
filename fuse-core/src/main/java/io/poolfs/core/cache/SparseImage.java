package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An image as one sparse file and its sidecar. Owned by the {@link ImageStore}; lives from the first acquire until it is
 * closed, unmodified and not sealed.
 *
 * <p>Reads take no lock: they look at the presence map, read the file, and make sure that nothing was taken away
 * meanwhile. All else runs under the lock, on the {@link ImageState}; what it needs of the budget is reserved before.
 */
final class SparseImage implements Image {
    /** A write is cut into parts of this size, so that it needs little of the budget at a time. */
    private static final int PART_BYTES = 1 << 20;

    /** How often a write that finds the file system full evicts and tries again. */
    private static final int FULL_RETRIES = 8;

    /** Reads that found the image changing before one takes the lock. */
    private static final int READ_ATTEMPTS = 3;

    /** One in so many reads that jump to another slab tells the residency. */
    private static final int TOUCH_SAMPLE = 4;

    private final ImageStore store;
    private final long inode;
    private final Monitor lock;
    private final ImageBlocks blocks;

    @GuardedByMonitor("lock")
    private final ImageState state;

    /** Acquires and landings that were not released yet. */
    @GuardedByMonitor("lock")
    private int opens;

    /** What is on disk has been read. */
    @GuardedByMonitor("lock")
    private boolean loaded;

    /** It has been compared with the metadata. */
    @GuardedByMonitor("lock")
    private boolean reconciled;

    /** No longer the image of its inode: not in the store any more. */
    @GuardedByMonitor("lock")
    private boolean gone;

    /** To be deleted at the last release. */
    @GuardedByMonitor("lock")
    private boolean forgotten;

    /** Where the last read was, and how many jumped, roughly: races cost nothing but a sample. */
    private long lastSlab = -1;

    private int jumps;

    SparseImage(ImageStore store, long inode, Monitor lock, ImageBlocks blocks, ContentRecords records) {
        this.store = store;
        this.inode = inode;
        this.lock = lock;
        this.blocks = blocks;
        this.state = new ImageState(inode, blocks, records, modified -> store.noteModified(this, modified));
    }

    // ---- for the store

    /** Opens it for one more user; false when it is gone and another one must be made. */
    boolean open(Inode committed) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            if (gone) {
                return false;
            }
            opens++;
            boolean done = false;
            try {
                prepare(committed);
                done = true;
            } finally {
                if (!done) {
                    releaseLocked();
                }
            }
            return true;
        }
    }

    @GuardedByMonitor("lock")
    private void prepare(Inode committed) throws PoolException {
        load(false);
        if (reconciled) {
            state.refreshTimes(committed);
            return;
        }
        // What the caller knows may be older than what was committed through an image that is closed by now.
        Inode now = store.records().inode(inode);
        Inode journaled = now == null ? committed : now;
        if (!blocks.hasFiles()) {
            state.begin(journaled);
        } else if (!state.reconcile(journaled)) {
            drop(journaled);
        } else {
            state.refreshTimes(journaled);
        }
        reconciled = true;
    }

    /** What was found on disk belongs to another version. */
    @GuardedByMonitor("lock")
    private void drop(Inode journaled) throws PoolException {
        if (state.content().modified()) {
            store.setAside(
                    inode,
                    "its uncommitted content stands on version "
                            + state.content().baseVersion() + ", the inode has " + journaled.version());
            blocks.remove(0, blocks.present.end());
            blocks.forgetFiles();
        } else {
            blocks.discard();
        }
        state.abandon(journaled);
    }

    /** Reads what is on disk, once. {@code afterRestart}: the files may be as a crash left them. */
    @GuardedByMonitor("lock")
    void load(boolean afterRestart) throws PoolException {
        if (!loaded) {
            new ImageLoader(store, state).load(afterRestart);
            loaded = true;
            blocks.setPinned(store.isPinned(inode));
        }
    }

    /** Reads it at the start; what is not modified is known to the residency now and need not stay. */
    void loadAtStart() throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            load(true);
            settleIfIdle();
        }
    }

    /** Gives the clean bytes of the slab up; returns what came free. */
    long evict(Residency.Slab slab) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            if (gone) {
                return 0;
            }
            load(false);
            try {
                return evictLocked(slab);
            } finally {
                settleIfIdle();
            }
        }
    }

    @GuardedByMonitor("lock")
    private long evictLocked(Residency.Slab slab) throws PoolException {
        long bytes = blocks.evictableBytes(slab.number());
        if (bytes == 0) {
            store.residency().remove(slab);
            return 0;
        }
        if (isIdle() && bytes == blocks.residentBytes()) {
            long all = bytes + blocks.filesBytes();
            blocks.discard();
            return all;
        }
        long from = slab.number() * BlockMap.SLAB_BLOCKS;
        FilePair pair = blocks.use();
        try {
            return blocks.evict(pair, from, from + BlockMap.SLAB_BLOCKS);
        } finally {
            pair.done();
        }
    }

    void setPinned(boolean pinned) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            if (!gone) {
                load(false);
                blocks.setPinned(pinned);
                settleIfIdle();
            }
        }
    }

    /** The inode is gone: everything is given back, now or at the last release. False when this image has ended. */
    boolean forget() throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            if (gone) {
                return false;
            }
            load(false);
            forgotten = true;
            settleIfIdle();
            return true;
        }
    }

    void release() {
        try (Monitor.Hold hold = lock.enter()) {
            releaseLocked();
        }
    }

    @GuardedByMonitor("lock")
    void releaseLocked() {
        opens--;
        if (opens < 0) {
            throw new IllegalStateException("image of inode " + inode + " released more often than acquired");
        }
        try {
            settleIfIdle();
        } catch (PoolException e) {
            store.noteFailure("the image of inode " + inode + " could not be put away", e);
        }
    }

    @GuardedByMonitor("lock")
    private boolean isIdle() {
        return opens == 0 && !state.content().modified() && state.seals.isEmpty();
    }

    /** Leaves the store when nobody needs it in memory; deletes the files that nobody needs. */
    @GuardedByMonitor("lock")
    void settleIfIdle() throws PoolException {
        boolean ends = opens == 0 && forgotten;
        if (gone || !(ends || isIdle())) {
            return;
        }
        gone = true;
        state.seals.clear();
        try {
            if (ends || (blocks.hasFiles() && blocks.present.isEmpty())) {
                blocks.discard();
            } else {
                blocks.retire();
            }
        } finally {
            // Not before: the next image of this inode would begin with the files that are deleted here.
            store.remove(this);
        }
    }

    boolean isOpenOrModified() {
        try (Monitor.Hold hold = lock.enter()) {
            return !gone && (opens > 0 || state.content().modified());
        }
    }

    @GuardedByMonitor("lock")
    boolean isGone() {
        return gone;
    }

    @GuardedByMonitor("lock")
    void signalAll() {
        lock.signalAll();
    }

    Grant grant(Budget.Use use) {
        return store.grant(use);
    }

    boolean makeRoom(long bytes) throws PoolException {
        return store.makeRoom(bytes);
    }

    ImageState state() {
        return state;
    }

    // ---- what it is

    @Override
    public long inode() {
        return inode;
    }

    @Override
    public Content content() {
        return state.content();
    }

    @Override
    public Monitor.Hold lock() {
        return lock.enter();
    }

    @Override
    public OptionalLong baseLimit(long journaledVersion) {
        try (Monitor.Hold hold = lock.enter()) {
            return state.baseLimit(journaledVersion);
        }
    }

    @Override
    public long dirtyBytes() {
        return blocks.dirty.count() * BLOCK_BYTES;
    }

    @Override
    public long residentBytes() {
        return blocks.residentBytes();
    }

    @Override
    public List<ByteRange> absent(long offset, long lengthBytes) {
        long end = Math.min(offset + lengthBytes, content().sizeBytes());
        return blocks.present.gaps(ImageBlocks.blockOf(offset), ImageBlocks.blocksTo(end), Long.MAX_VALUE);
    }

    @Override
    public List<ByteRange> dirtyRanges(long maxBytes) {
        try (Monitor.Hold hold = lock.enter()) {
            List<ByteRange> found = new ArrayList<>();
            long left = maxBytes;
            for (ByteRange range :
                    blocks.dirty.ranges(0, blocks.dirty.end(), content().sizeBytes())) {
                if (left <= 0) {
                    break;
                }
                found.add(new ByteRange(range.offset(), Math.min(left, range.lengthBytes())));
                left -= range.lengthBytes();
            }
            return found;
        }
    }

    @Override
    public List<ByteRange> unsavedRanges() {
        try (Monitor.Hold hold = lock.enter()) {
            BlockMap unsaved = new BlockMap();
            unsaved.addAll(blocks.dirty);
            unsaved.addAll(blocks.sealed);
            return unsaved.ranges(0, unsaved.end(), content().sizeBytes());
        }
    }

    @Override
    public void sync() throws PoolException {
        FilePair pair;
        try (Monitor.Hold hold = lock.enter()) {
            if (!blocks.hasFiles()) {
                return;
            }
            pair = blocks.use();
        }
        try {
            pair.data().sync();
            pair.map().sync();
        } finally {
            pair.done();
        }
        store.syncFolder(inode);
    }

    // ---- reading

    @Override
    public int read(long offset, ByteBuffer dst) throws PoolException {
        int start = dst.position();
        for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
            long shape = blocks.shape();
            int run = readable(offset, dst.remaining());
            if (run > 0) {
                FilePair pair = blocks.tryUse();
                if (pair == null) {
                    break;
                }
                try {
                    ImageBlocks.read(pair, offset, dst, run);
                } finally {
                    pair.done();
                }
            }
            if (shape == blocks.shape()) {
                touch(offset);
                return run;
            }
            dst.position(start);
        }
        return readLocked(offset, dst);
    }

    private int readLocked(long offset, ByteBuffer dst) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            int run = readable(offset, dst.remaining());
            if (run > 0) {
                FilePair pair = blocks.use();
                try {
                    ImageBlocks.read(pair, offset, dst, run);
                } finally {
                    pair.done();
                }
            }
            return run;
        }
    }

    /** Bytes from the offset on that are present and below the size. */
    private int readable(long offset, int wanted) {
        long end = Math.min(offset + wanted, content().sizeBytes());
        if (offset >= end) {
            return 0;
        }
        long gap = blocks.present.nextClear(ImageBlocks.blockOf(offset), ImageBlocks.blocksTo(end));
        return (int) Math.max(0, Math.min(end, gap * BLOCK_BYTES) - offset);
    }

    /** Once for each slab that a sequential reader goes through: many reads of it are one use. */
    private void touch(long offset) {
        long slab = ImageBlocks.slabOf(ImageBlocks.blockOf(offset));
        long last = lastSlab;
        if (slab != last) {
            lastSlab = slab;
            if (slab == last + 1 || jumps++ % TOUCH_SAMPLE == 0) {
                store.residency().leave(inode, last);
                store.residency().touch(inode, slab);
            }
        }
    }

    @Override
    public Landing land(long offset, long lengthBytes) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            state.settle();
            long end = Math.min(offset + lengthBytes, content().sizeBytes());
            long from = ImageBlocks.blockOf(offset);
            BlockLanding landing = new BlockLanding(this, state, from, Math.max(from, ImageBlocks.blocksTo(end)));
            state.landings.add(landing);
            opens++;
            return landing;
        }
    }

    // ---- changing

    @Override
    public void write(long offset, ByteBuffer src, long nowNanos, long deadlineNanos) throws PoolException {
        int limit = src.limit();
        long end = offset + src.remaining();
        try {
            while (src.position() < limit) {
                long at = end - (limit - src.position());
                int part = (int) Math.min(end - at, PART_BYTES - at % PART_BYTES);
                src.limit(src.position() + part);
                writePart(at, src, nowNanos, deadlineNanos);
            }
        } finally {
            src.limit(limit);
        }
    }

    private void writePart(long offset, ByteBuffer src, long nowNanos, long deadlineNanos) throws PoolException {
        long from = ImageBlocks.blockOf(offset);
        long to = ImageBlocks.blocksTo(offset + src.remaining());
        change(from, to, deadlineNanos, grant -> {
            if (!lock.await(() -> blocks.uncopied.nextSet(from, to) == to, deadlineNanos)) {
                throw new PoolException(
                        Reason.NO_SPACE,
                        "inode " + inode + ": sealed blocks " + from + " to " + to + " were not copied in time");
            }
            state.settle();
            requireEdges(offset, src.remaining());
            if (!grant.covers(blocks.stagedNeed(from, to))) {
                return false;
            }
            state.beginChange();
            state.write(offset, src, nowNanos, grant);
            return true;
        });
    }

    @Override
    public List<ByteRange> edges(long offset, long lengthBytes) {
        try (Monitor.Hold hold = lock.enter()) {
            return state.edges(offset, lengthBytes);
        }
    }

    @GuardedByMonitor("lock")
    private void requireEdges(long offset, long lengthBytes) throws PoolException {
        List<ByteRange> missing = state.edges(offset, lengthBytes);
        if (!missing.isEmpty()) {
            throw new PoolException(
                    Reason.STALE,
                    "inode " + inode + ": a write to " + offset + "+" + lengthBytes + " needs " + missing + " first");
        }
    }

    @Override
    public void truncate(long sizeBytes, long nowNanos, boolean byOpenHandle) throws PoolException {
        changeHeader(grant -> state.truncate(sizeBytes, nowNanos, byOpenHandle, grant));
    }

    @Override
    public void punch(long offset, long lengthBytes, long nowNanos) throws PoolException {
        changeHeader(grant -> {
            long size = content().sizeBytes();
            long end = offset + lengthBytes;
            long from = ImageBlocks.blocksTo(offset);
            long to = end >= size ? ImageBlocks.blocksTo(size) : ImageBlocks.blockOf(end);
            if (from < to) {
                state.punch(from, to, nowNanos, grant);
            }
        });
    }

    @Override
    public void pendingAdded() {
        try (Monitor.Hold hold = lock.enter()) {
            state.pendingAdded();
        }
    }

    @Override
    public void setTimes(@Nullable Long accessNanos, @Nullable Long modifyNanos, long nowNanos) throws PoolException {
        changeHeader(grant -> state.setTimes(accessNanos, modifyNanos, nowNanos, grant));
    }

    @Override
    public void truncatorClosed() {
        try (Monitor.Hold hold = lock.enter()) {
            state.truncatorClosed();
        }
    }

    /** A change that needs at most new files. */
    private void changeHeader(Change change) throws PoolException {
        change(0, 0, store.deadline(), grant -> {
            state.settle();
            if (!grant.covers(blocks.stagedNeed(0, 0))) {
                return false;
            }
            state.beginChange();
            change.run(grant);
            lock.signalAll();
            return true;
        });
    }

    /** Reserves what making the blocks dirty needs, then tries under the lock, until that is done. */
    private void change(long from, long to, long deadlineNanos, Attempt attempt) throws PoolException {
        try (Grant grant = store.grant(Budget.Use.STAGED)) {
            for (int retries = 0; ; ) {
                grant.reserve(blocks.stagedNeed(from, to), deadlineNanos);
                try (Monitor.Hold hold = lock.enter()) {
                    if (gone) {
                        throw new PoolException(Reason.STALE, "the image of inode " + inode + " was released");
                    }
                    if (attempt.run(grant)) {
                        return;
                    }
                } catch (PoolException e) {
                    boolean full = e.reason() == Reason.NO_SPACE && retries++ < FULL_RETRIES;
                    if (!full || !store.makeRoom(Math.max(1, (to - from) * BLOCK_BYTES))) {
                        throw e;
                    }
                }
            }
        }
    }

    @FunctionalInterface
    private interface Attempt {
        /** False when the grant does not cover what turned out to be needed. */
        boolean run(Grant grant) throws PoolException;
    }

    @FunctionalInterface
    private interface Change {
        void run(Grant grant) throws PoolException;
    }

    // ---- sealing

    @Override
    public Seal seal() throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            state.settle();
            return state.seal(this);
        }
    }

    @Override
    public @Nullable Seal sealRange(long offset, long lengthBytes) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            state.settle();
            return state.sealRange(this, ImageBlocks.blockOf(offset), ImageBlocks.blocksTo(offset + lengthBytes));
        }
    }
}
