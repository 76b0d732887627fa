package io.poolfs.core.cache;

import io.poolfs.core.cache.ImageHeader.Loan;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An image whose file others have open: the kernel reads it without asking. No block leaves meanwhile, nor as long as
 * anybody has the file mapped. Once somebody may also map it writable it is suspect: sums of its blocks tell what he
 * changed. Both are in the header, so that they outlast this process. Every method needs the image's lock held.
 */
final class ImageLoan {
    private static final int BLOCK = Image.BLOCK_BYTES;
    private static final int SLAB_BYTES = BlockMap.SLAB_BLOCKS * BLOCK;

    private final ImageStore store;
    private final ImageState state;
    private final ImageBlocks blocks;

    /** What is set aside for it, while it is lent. */
    private long bytes;

    /** Grows with each loan of this image. */
    private long number;

    /** By block, as they were found last; empty unless suspect. */
    private long[] sums = new long[0];

    ImageLoan(ImageStore store, ImageState state) {
        this.store = store;
        this.state = state;
        this.blocks = state.blocks;
    }

    boolean isLent() {
        return state.loan() != Loan.NONE && bytes > 0;
    }

    boolean isSuspect() {
        return isLent() && state.loan() == Loan.SUSPECT;
    }

    long number() {
        return number;
    }

    /** Where the bytes lie; null when they cannot be lent. {@code keep}: what makes the image stay, called once. */
    @Nullable
    Path begin(Runnable keep) throws PoolException {
        if (!isLent() && !lend(keep)) {
            return null;
        }
        number++;
        return store.files().data(state.inode);
    }

    private boolean lend(Runnable keep) throws PoolException {
        long resident = blocks.residentBytes();
        if (state.content().modified() || !state.seals.isEmpty() || !blocks.hasFiles() || resident == 0) {
            return false;
        }
        if (!store.lend(resident)) {
            return false;
        }
        boolean done = false;
        FilePair pair = blocks.use();
        try {
            long size = state.content().sizeBytes();
            if (pair.data().isOpenElsewhere()) {
                return false;
            }
            if (pair.data().sizeBytes() != size) {
                pair.data().truncate(size);
            }
            state.setLoan(pair, Loan.LENT);
            done = true;
        } finally {
            pair.done();
            if (!done) {
                store.returned(resident);
            }
        }
        bytes = resident;
        blocks.setLent(true);
        keep.run();
        return true;
    }

    /** From here on its bytes may change unseen. The mark is on disk when this returns. */
    void suspect() throws PoolException {
        if (isSuspect()) {
            return;
        }
        FilePair pair = blocks.use();
        try {
            state.setLoan(pair, Loan.SUSPECT);
            long end = ImageBlocks.blocksTo(state.content().sizeBytes());
            long[] found = new long[Math.toIntExact(end)];
            for (long from = 0; from < end; from += BlockMap.SLAB_BLOCKS) {
                long[] some = sums(pair, from, Math.min(end, from + BlockMap.SLAB_BLOCKS));
                System.arraycopy(some, 0, found, (int) from, some.length);
            }
            sums = found;
        } finally {
            pair.done();
        }
    }

    /** Where the blocks from this one on have changed; [to, to) when none of them up to there has. */
    Changed changed(long from, long to) throws PoolException {
        FilePair pair = blocks.use();
        try {
            long[] found = sums(pair, from, to);
            long first = from;
            while (first < to && !differs(first, found[(int) (first - from)])) {
                first++;
            }
            long end = first;
            while (end < to && differs(end, found[(int) (end - from)])) {
                end++;
            }
            return new Changed(first, end, Arrays.copyOfRange(found, (int) (first - from), (int) (end - from)));
        } finally {
            pair.done();
        }
    }

    /** A run of blocks with the sums that they have now. */
    record Changed(long from, long to, long[] found) {}

    /** Dirty blocks are committed anyway. */
    private boolean differs(long block, long found) {
        if (block >= sums.length) {
            return !blocks.dirty.get(block);
        }
        if (blocks.dirty.get(block)) {
            sums[(int) block] = found;
        }
        return sums[(int) block] != found;
    }

    /** These are dirty now. */
    void settled(Changed run) {
        if (run.to() > sums.length) {
            sums = Arrays.copyOf(sums, (int) run.to());
        }
        System.arraycopy(run.found(), 0, sums, (int) run.from(), run.found().length);
    }

    /** Whether the file is open or mapped anywhere else. */
    boolean isOpenElsewhere() throws PoolException {
        FilePair pair = blocks.use();
        try {
            return pair.data().isOpenElsewhere();
        } finally {
            pair.done();
        }
    }

    void end() throws PoolException {
        FilePair pair = blocks.use();
        try {
            state.setLoan(pair, Loan.NONE);
        } finally {
            pair.done();
        }
        sums = new long[0];
        long all = bytes;
        bytes = 0;
        store.returned(all);
        blocks.setLent(false);
    }

    private static long[] sums(FilePair pair, long from, long to) throws PoolException {
        ByteBuffer slab = ByteBuffer.allocate((int) Math.min(SLAB_BYTES, (to - from) * BLOCK));
        long[] found = new long[(int) (to - from)];
        ImageBlocks.read(pair, from * BLOCK, slab, slab.capacity());
        for (int i = 0; i < found.length; i++) {
            CRC32C one = new CRC32C();
            CRC32 other = new CRC32();
            one.update(slab.array(), i * BLOCK, BLOCK);
            other.update(slab.array(), i * BLOCK, BLOCK);
            found[i] = one.getValue() << 32 | other.getValue();
        }
        return found;
    }
}
