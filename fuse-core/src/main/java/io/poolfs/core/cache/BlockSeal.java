package io.poolfs.core.cache;

import io.poolfs.core.cache.Image.Content;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The blocks that one seal holds. Its maps are guarded by the image's lock; the image tells it what changes. */
final class BlockSeal implements Image.Seal {
    private final SparseImage image;
    private final ImageState state;
    private final Content content;
    private final boolean version;
    private final List<ByteRange> ranges;

    /** What has neither been uploaded nor left it. */
    @GuardedByMonitor("image.lock")
    private final BlockMap held;

    /** What was written, punched or cut off since. */
    @GuardedByMonitor("image.lock")
    private final BlockRanges changed = new BlockRanges();

    /** Blocks that changed before they were copied. */
    @GuardedByMonitor("image.lock")
    private boolean broken;

    /** {@code held}: taken over. */
    BlockSeal(SparseImage image, ImageState state, Content content, boolean version, BlockMap held) {
        this.image = image;
        this.state = state;
        this.content = content;
        this.version = version;
        this.held = held;
        this.ranges = held.ranges(0, held.end(), content.sizeBytes());
    }

    boolean isVersion() {
        return version;
    }

    BlockMap held() {
        return held;
    }

    @Override
    public Content content() {
        return content;
    }

    @Override
    public List<ByteRange> ranges() {
        return ranges;
    }

    @Override
    public List<ByteRange> unchanged(ByteRange range) {
        List<ByteRange> found = new ArrayList<>();
        try (Monitor.Hold hold = image.lock()) {
            if (!state.seals.isOpen(this)) {
                return found;
            }
            ByteRange whole = new ByteRange(0, content.sizeBytes());
            for (ByteRange part : version ? List.of(whole) : ranges) {
                ByteRange wanted = part.intersect(range);
                if (!wanted.isEmpty()) {
                    found.addAll(changed.gaps(wanted));
                }
            }
        }
        return found;
    }

    @Override
    public void read(long offset, ByteBuffer dst) throws PoolException {
        requireWhole();
        FilePair pair;
        try (Monitor.Hold hold = image.lock()) {
            pair = state.blocks.use();
        }
        try {
            ImageBlocks.read(pair, offset, dst, dst.remaining());
        } finally {
            pair.done();
        }
        requireWhole();
    }

    private void requireWhole() throws PoolException {
        try (Monitor.Hold hold = image.lock()) {
            if (broken) {
                throw new PoolException(
                        Reason.STALE,
                        "inode " + state.inode + " was cut or punched before its sealed content was copied");
            }
        }
    }

    @Override
    public void copied(ByteRange range) {
        try (Monitor.Hold hold = image.lock()) {
            state.blocks.uncopied.removeAll(heldIn(range));
            image.signalAll();
        }
    }

    @Override
    public void uploaded(ByteRange range) throws PoolException {
        try (Monitor.Hold hold = image.lock()) {
            BlockMap which = heldIn(range);
            if (!which.isEmpty()) {
                state.seals.uploaded(this, which);
                image.signalAll();
                image.life().endIfIdle();
            }
        }
    }

    @Override
    public void committed(long newVersion) throws PoolException {
        try (Monitor.Hold hold = image.lock()) {
            if (!version) {
                throw new IllegalStateException("a seal of a range has no version");
            }
            if (state.seals.isOpen(this)) {
                state.committed(this, newVersion);
                image.signalAll();
                image.life().endIfIdle();
            }
        }
    }

    @Override
    public void failed() {
        try (Monitor.Hold hold = image.lock()) {
            state.seals.failed(this);
            image.signalAll();
        }
    }

    /** Under the image's lock: these blocks are not what was sealed any more. */
    void overtaken(long from, long to) {
        held.clear(from, Math.min(to, held.end()));
        changed.add(from, Math.min(to, ImageBlocks.blocksTo(content.sizeBytes())));
    }

    /** Under the image's lock: whether nothing can come of it, since it holds blocks there that were not copied. */
    boolean breakIfUncopied(long from, long to) {
        long end = Math.min(to, held.end());
        for (long at = held.nextSet(from, end); at < end && !broken; at = held.nextSet(at + 1, end)) {
            broken = state.blocks.uncopied.get(at);
        }
        return broken;
    }

    /** The held blocks that the range covers as far as they reached when they were sealed. */
    private BlockMap heldIn(ByteRange range) {
        long from = ImageBlocks.blocksTo(range.offset());
        long to = range.end() >= content.sizeBytes()
                ? ImageBlocks.blocksTo(content.sizeBytes())
                : ImageBlocks.blockOf(range.end());
        BlockMap found = new BlockMap();
        held.forEachRun(from, to, found::set);
        return found;
    }
}
