package io.poolfs.core.cache;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;

/**
 * Reads what is present of an image, without a lock: it looks at the presence map, reads the file, and makes sure that
 * no block has left meanwhile. Only a file that has to be opened first, or an image that keeps changing, takes the lock.
 */
final class PresentReader {
    private static final int BLOCK = Image.BLOCK_BYTES;

    /** Reads that found the image changing before one takes the lock. */
    private static final int ATTEMPTS = 3;

    /** One in so many reads that jump to another slab tells the residency. */
    private static final int TOUCH_SAMPLE = 4;

    private final ImageState state;
    private final ImageBlocks blocks;
    private final Residency residency;
    private final Monitor lock;

    /** Where the last read was, and how many jumped, roughly: races cost nothing but a sample. */
    private long lastSlab = -1;

    private int jumps;

    PresentReader(ImageState state, Residency residency, Monitor lock) {
        this.state = state;
        this.blocks = state.blocks;
        this.residency = residency;
        this.lock = lock;
    }

    int read(long offset, ByteBuffer dst) throws PoolException {
        int start = dst.position();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
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
        long end = Math.min(offset + wanted, state.content().sizeBytes());
        if (offset >= end) {
            return 0;
        }
        long gap = blocks.present.nextClear(ImageBlocks.blockOf(offset), ImageBlocks.blocksTo(end));
        return (int) Math.max(0, Math.min(end, gap * BLOCK) - offset);
    }

    /** Once for each slab that a sequential reader goes through: many reads of it are one use. */
    private void touch(long offset) {
        long slab = ImageBlocks.slabOf(ImageBlocks.blockOf(offset));
        long last = lastSlab;
        if (slab != last) {
            lastSlab = slab;
            if (slab == last + 1 || jumps++ % TOUCH_SAMPLE == 0) {
                residency.leave(state.inode, last);
                residency.touch(state.inode, slab);
            }
        }
    }
}
