package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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

    private final ImageStore store;
    private final long inode;
    private final Monitor lock;
    private final ImageBlocks blocks;
    private final PresentReader reader;

    @GuardedByMonitor("lock")
    private final ImageState state;

    @GuardedByMonitor("lock")
    private final ImageLife life;

    @GuardedByMonitor("lock")
    private final ImageLoan loan;

    SparseImage(ImageStore store, long inode, Monitor lock, ImageBlocks blocks, ContentRecords records) {
        this.store = store;
        this.inode = inode;
        this.lock = lock;
        this.blocks = blocks;
        this.state = new ImageState(inode, blocks, records, new ImageState.ModifiedListener() {
            @Override
            public void changing() throws PoolException {
                store.noteChanging(inode);
            }

            @Override
            public void changed(boolean modified) {
                store.noteModified(SparseImage.this, modified);
            }
        });
        this.reader = new PresentReader(state, store.residency(), lock);
        this.life = new ImageLife(store, this, state);
        this.loan = new ImageLoan(store, state);
    }

    // ---- for the store

    /** Opens it for one more user; false when it is gone and another one must be made. */
    boolean open(Inode committed) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            return life.open(committed);
        }
    }

    void release() {
        try (Monitor.Hold hold = lock.enter()) {
            life.release();
        }
    }

    /** Reads it at the start; what is not modified is known to the residency now and need not stay. */
    void loadAtStart() throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            life.loadAtStart();
        }
    }

    /** Gives the clean bytes of the slab up; returns what came free. */
    long evict(Residency.Slab slab) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            return life.evict(slab);
        }
    }

    void setPinned(boolean pinned) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            life.setPinned(pinned);
        }
    }

    /** The inode is gone: everything is given back, now or at the last release. False when this image has ended. */
    boolean forget() throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            return life.forget();
        }
    }

    boolean isOpenOrModified() {
        try (Monitor.Hold hold = lock.enter()) {
            return life.isOpenOrModified();
        }
    }

    // ---- for seals and landings, with the lock held

    @GuardedByMonitor("lock")
    ImageLife life() {
        return life;
    }

    @GuardedByMonitor("lock")
    void signalAll() {
        lock.signalAll();
    }

    @GuardedByMonitor("lock")
    ImageState state() {
        return state;
    }

    Grant grant(Budget.Use use) {
        return store.grant(use);
    }

    boolean makeRoom(long bytes) throws PoolException {
        return store.makeRoom(bytes);
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
        return reader.read(offset, dst);
    }

    @Override
    public Landing land(long offset, long lengthBytes) throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            state.settle();
            long end = Math.min(offset + lengthBytes, content().sizeBytes());
            long from = ImageBlocks.blockOf(offset);
            BlockLanding landing = new BlockLanding(this, state, from, Math.max(from, ImageBlocks.blocksTo(end)));
            state.landings.add(landing);
            life.keep();
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
    public void share(long offset, long lengthBytes, long nowNanos, Recording recording) throws PoolException {
        changeHeader(grant -> {
            long end = offset + lengthBytes;
            if (state.loan() != ImageHeader.Loan.NONE) {
                throw new PoolException(Reason.UNSUPPORTED, "inode " + inode + " is read without being asked for");
            }
            if (offset % BLOCK_BYTES != 0
                    || (end % BLOCK_BYTES != 0 && end < content().sizeBytes())) {
                throw new PoolException(
                        Reason.STALE, "inode " + inode + ": " + offset + "+" + lengthBytes + " is not whole blocks");
            }
            state.share(offset, end, nowNanos, recording, grant);
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
                    if (life.isGone()) {
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

    // ---- lending

    @Override
    public @Nullable Path lend() throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            state.settle();
            return life.isGone() ? null : loan.begin(life::keep);
        }
    }

    @Override
    public void suspect() throws PoolException {
        try (Monitor.Hold hold = lock.enter()) {
            loan.suspect();
        }
    }

    @Override
    public boolean isSuspect() {
        try (Monitor.Hold hold = lock.enter()) {
            return loan.isSuspect();
        }
    }

    @Override
    public boolean recheck(long nowNanos, long deadlineNanos) throws PoolException {
        boolean any = false;
        for (long from = 0; from < ImageBlocks.blocksTo(content().sizeBytes()); ) {
            long slabEnd = (ImageBlocks.slabOf(from) + 1) * BlockMap.SLAB_BLOCKS;
            ImageLoan.Changed run;
            try (Monitor.Hold hold = lock.enter()) {
                long end = Math.min(slabEnd, ImageBlocks.blocksTo(content().sizeBytes()));
                if (!loan.isSuspect() || from >= end) {
                    return any;
                }
                run = loan.changed(from, end);
            }
            if (run.from() < run.to()) {
                takeUp(run, nowNanos, deadlineNanos);
                any = true;
                from = run.to();
            } else {
                from = slabEnd;
            }
        }
        return any;
    }

    private void takeUp(ImageLoan.Changed run, long nowNanos, long deadlineNanos) throws PoolException {
        change(run.from(), run.to(), deadlineNanos, grant -> {
            state.settle();
            long end = Math.min(run.to(), ImageBlocks.blocksTo(content().sizeBytes()));
            if (run.from() >= end) {
                return true;
            }
            if (!grant.covers(blocks.stagedNeed(run.from(), end))) {
                return false;
            }
            state.beginChange();
            state.changedUnseen(run.from(), end, nowNanos, grant);
            loan.settled(run);
            return true;
        });
    }

    @Override
    public boolean endLoan(long nowNanos, long deadlineNanos) throws PoolException {
        long number;
        try (Monitor.Hold hold = lock.enter()) {
            if (!loan.isLent()) {
                return true;
            }
            if (loan.isOpenElsewhere()) {
                return false;
            }
            number = loan.number();
        }
        recheck(nowNanos, deadlineNanos);
        try (Monitor.Hold hold = lock.enter()) {
            if (number != loan.number() || loan.isOpenElsewhere()) {
                return false;
            }
            loan.end();
            life.release();
            return true;
        }
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
