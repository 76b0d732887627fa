package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The layout of an image's sidecar: the header, then per slab its presence bits and its dirty bits, as they are on disk.
 * Written through; what is not written reads as absent. The header and the first slab are neighbours, so that a small
 * file needs one write for both.
 */
final class Sidecar {
    /** Where the first slab's bits are. */
    static final int SLABS_OFFSET = 256;

    /** The bits of one slab: present, then dirty. */
    static final int SLAB_BYTES = 2 * BlockMap.SLAB_WORDS * Long.BYTES;

    private static final int PAGE_BYTES = 4096;

    /** Slabs that are written or read at once. */
    private static final int BATCH_SLABS = 256;

    private Sidecar() {}

    /** The page of the sidecar that holds the slab's bits: the unit in which it takes room. */
    static long pageOf(long slab) {
        return (SLABS_OFFSET + slab * SLAB_BYTES) / PAGE_BYTES;
    }

    /** The first slab whose bits lie in the page, which is not the first. */
    static long firstSlabOf(long page) {
        return (page * PAGE_BYTES - SLABS_OFFSET) / SLAB_BYTES;
    }

    static void writeHeader(LocalFile file, ImageHeader header) throws PoolException {
        ByteBuffer out = ByteBuffer.allocate(ImageHeader.BYTES);
        header.write(out);
        file.write(0, out.flip());
    }

    /**
     * Writes the bits of the slabs [from, to), and the header when it is given: in one write where they are neighbours,
     * else behind them.
     */
    static void write(LocalFile file, Bits bits, long from, long to, @Nullable ImageHeader header)
            throws PoolException {
        boolean together = header != null && from == 0 && to > 0;
        for (long at = from; at < to; at += BATCH_SLABS) {
            long end = Math.min(to, at + BATCH_SLABS);
            int lead = together && at == 0 ? SLABS_OFFSET : 0;
            ByteBuffer out = ByteBuffer.allocate(lead + (int) (end - at) * SLAB_BYTES);
            if (lead > 0 && header != null) {
                header.write(out);
                out.position(SLABS_OFFSET);
            }
            for (long slab = at; slab < end; slab++) {
                bits.write(slab, out);
            }
            file.write(SLABS_OFFSET + at * SLAB_BYTES - lead, out.flip());
        }
        if (header != null && !together) {
            writeHeader(file, header);
        }
    }

    /** Null when there is no header of this inode. */
    static @Nullable ImageHeader readHeader(LocalFile file, long inode) throws PoolException {
        ByteBuffer in = ByteBuffer.allocate(ImageHeader.BYTES);
        file.read(0, in);
        return ImageHeader.read(inode, in.flip());
    }

    /** Whether the place of the header was never written. */
    static boolean hasNoHeader(LocalFile file) throws PoolException {
        ByteBuffer in = ByteBuffer.allocate(ImageHeader.BYTES);
        file.read(0, in);
        for (in.flip(); in.hasRemaining(); ) {
            if (in.get() != 0) {
                return false;
            }
        }
        return true;
    }

    /** Adds all bits of the file to the maps. */
    static void readSlabs(LocalFile file, BlockMap present, BlockMap dirty) throws PoolException {
        ByteBuffer in = ByteBuffer.allocate(BATCH_SLABS * SLAB_BYTES);
        long slab = slabAt(file.nextData(SLABS_OFFSET));
        while (file.read(SLABS_OFFSET + slab * SLAB_BYTES, in.clear()) > 0) {
            // A torn end is of no account: bits that are not there are not set.
            while (in.position() % SLAB_BYTES != 0) {
                in.put((byte) 0);
            }
            for (in.flip(); in.hasRemaining(); slab++) {
                present.read(slab, in);
                dirty.read(slab, in);
            }
            slab = Math.max(slab, slabAt(file.nextData(SLABS_OFFSET + slab * SLAB_BYTES)));
        }
    }

    private static long slabAt(long offset) {
        return Math.max(0, offset - SLABS_OFFSET) / SLAB_BYTES;
    }

    /** The bits of an image, slab by slab. */
    @FunctionalInterface
    interface Bits {
        /** Puts {@link #SLAB_BYTES} bytes. */
        void write(long slab, ByteBuffer dst);
    }
}
