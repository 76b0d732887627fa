package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.util.List;

/** A fetch into absent blocks. Its map is guarded by the image's lock; the image tells it what changes. */
final class BlockLanding implements Image.Landing {
    private static final int BLOCK = Image.BLOCK_BYTES;
    private static final int FULL_RETRIES = 4;

    private final SparseImage image;
    private final ImageState state;
    private final long from;
    private final long to;

    /** What was present at the beginning, or was written, punched or cut off since. */
    @GuardedByMonitor("image.lock")
    private final BlockMap overtaken = new BlockMap();

    @GuardedByMonitor("image.lock")
    private boolean closed;

    /** With the image's lock held. */
    BlockLanding(SparseImage image, ImageState state, long from, long to) {
        this.image = image;
        this.state = state;
        this.from = from;
        this.to = to;
        state.blocks.present.forEachRun(from, to, overtaken::set);
    }

    @Override
    public Image image() {
        return image;
    }

    @Override
    public ByteRange range() {
        return ByteRange.between(from * BLOCK, to * BLOCK);
    }

    @Override
    public List<ByteRange> wanted() {
        try (Monitor.Hold hold = image.lock()) {
            return overtaken.gaps(from, to, Long.MAX_VALUE);
        }
    }

    @Override
    public boolean isCurrent(long offset) {
        try (Monitor.Hold hold = image.lock()) {
            long block = ImageBlocks.blockOf(offset);
            return block >= from && block < to && !overtaken.get(block);
        }
    }

    @Override
    public long costBytes(long lengthBytes) {
        return lengthBytes + state.blocks.newFileBytes(from, to);
    }

    @Override
    public void install(long offset, ByteBuffer bytes, long reservedBytes, boolean isAhead) throws PoolException {
        if (offset % BLOCK != 0 || bytes.remaining() % BLOCK != 0) {
            throw new IllegalArgumentException("not whole blocks: " + offset + "+" + bytes.remaining());
        }
        try (Grant grant = image.grant(Budget.Use.CLEAN)) {
            grant.add(reservedBytes);
            for (int attempt = 0; ; attempt++) {
                try (Monitor.Hold hold = image.lock()) {
                    installLocked(offset, bytes, grant, isAhead);
                    return;
                } catch (PoolException e) {
                    boolean full = e.reason() == Reason.NO_SPACE && attempt < FULL_RETRIES;
                    if (!full || !image.makeRoom(bytes.remaining())) {
                        throw e;
                    }
                }
            }
        }
    }

    private void installLocked(long offset, ByteBuffer bytes, Grant grant, boolean isAhead) throws PoolException {
        if (closed || image.life().isGone()) {
            return;
        }
        state.settle();
        long start = Math.max(from, ImageBlocks.blockOf(offset));
        long last = Math.min(to, ImageBlocks.blocksTo(state.content().sizeBytes()));
        long end = Math.min(last, ImageBlocks.blockOf(offset + bytes.remaining()));
        BlockMap wanted = state.blocks.absentOf(start, Math.max(start, end));
        wanted.removeAll(overtaken);
        for (long at = wanted.nextSet(start, end); at < end; at = wanted.nextSet(at, end)) {
            long next = wanted.nextClear(at, end);
            int position = bytes.position() + (int) (at * BLOCK - offset);
            ByteBuffer run = bytes.duplicate()
                    .limit(position + (int) (next - at) * BLOCK)
                    .position(position);
            if (!state.install(at, next, run, grant, isAhead)) {
                return;
            }
            at = next;
        }
    }

    @Override
    public void close() {
        try (Monitor.Hold hold = image.lock()) {
            if (!closed) {
                closed = true;
                state.landings.remove(this);
                image.life().release();
            }
        }
    }

    /** Under the image's lock: what the metadata says of these blocks is not what they hold any more. */
    void overtaken(long first, long end) {
        overtaken.set(Math.max(from, first), Math.max(from, Math.min(to, end)));
    }
}
