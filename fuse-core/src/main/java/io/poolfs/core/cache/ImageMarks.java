package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The presence and dirty marks of one image in its sidecar: written from the maps, slab by slab. On disk a sealed block
 * is a dirty one. Knows which pages of the sidecar take room. Used under the image's lock.
 */
final class ImageMarks {
    private static final int SLAB_SHIFT = Integer.numberOfTrailingZeros(BlockMap.SLAB_BLOCKS);
    private static final int PAGE_BYTES = 4096;

    private final BlockMap present;
    private final BlockMap dirty;
    private final BlockMap sealed;

    /** Pages of the sidecar, behind the first, that hold marks. */
    private final BlockMap pages = new BlockMap();

    ImageMarks(BlockMap present, BlockMap dirty, BlockMap sealed) {
        this.present = present;
        this.dirty = dirty;
        this.sealed = sealed;
    }

    /** Pages of the sidecar, behind the first, that hold marks. */
    BlockMap pages() {
        return pages;
    }

    /** How many pages marks of the blocks [from, to) take beyond those that are there. */
    long newPages(long from, long to) {
        long first = firstPage(from);
        long end = to > from ? lastPage(to) + 1 : 0;
        return Math.max(0, end - first) - pages.count(first, end);
    }

    /** Marks of the blocks [from, to) are there now; returns how many pages are new. */
    long addPages(long from, long to) {
        return pages.set(firstPage(from), Math.max(firstPage(from), lastPage(to) + 1));
    }

    void clearPages() {
        pages.clear(0, pages.end());
    }

    private static long firstPage(long block) {
        return Math.max(1, Sidecar.pageOf(block >>> SLAB_SHIFT));
    }

    private static long lastPage(long end) {
        return Sidecar.pageOf((end - 1) >>> SLAB_SHIFT);
    }

    /** Writes the marks of the slabs that hold or held any of [from, to), and the header when it is given. */
    void write(LocalFile map, long from, long to, @Nullable ImageHeader header) throws PoolException {
        long first = from >>> SLAB_SHIFT;
        long last = to > from ? ((to - 1) >>> SLAB_SHIFT) + 1 : first;
        ImageHeader left = header;
        for (long slab = present.nextSlab(first, last); slab < last; ) {
            long end = slab + 1;
            while (end < last && present.nextSlab(end, end + 1) == end) {
                end++;
            }
            Sidecar.write(map, this::writeSlab, slab, end, slab == 0 ? left : null);
            left = slab == 0 ? null : left;
            slab = present.nextSlab(end, last);
        }
        if (left != null) {
            Sidecar.writeHeader(map, left);
        }
    }

    private void writeSlab(long slab, ByteBuffer dst) {
        present.write(slab, dst);
        int start = dst.position();
        dirty.write(slab, dst);
        int end = dst.position();
        if (!sealed.isEmpty()) {
            ByteBuffer words = ByteBuffer.allocate(end - start);
            sealed.write(slab, words);
            for (int i = 0; i < end - start; i += Long.BYTES) {
                dst.putLong(start + i, dst.getLong(start + i) | words.getLong(i));
            }
        }
    }

    /** Marks of the blocks from here on go, by cutting the sidecar off behind their slab. */
    void cut(LocalFile map, long from) throws PoolException {
        long slab = from >>> SLAB_SHIFT;
        long keepBytes = Sidecar.SLABS_OFFSET + (slab + 1) * Sidecar.SLAB_BYTES;
        if (map.sizeBytes() > keepBytes) {
            map.truncate(keepBytes);
        }
        Sidecar.write(map, this::writeSlab, slab, slab + 1, null);
    }

    /** Punches pages that hold marks of [from, to), where no block is present any more; returns how many. */
    long trim(LocalFile map, long from, long to) throws PoolException {
        long trimmed = 0;
        long last = Math.min(pages.end(), to > from ? lastPage(to) + 1 : 0);
        for (long page = pages.nextSet(firstPage(from), last); page < last; page = pages.nextSet(page + 1, last)) {
            long first = Sidecar.firstSlabOf(page) << SLAB_SHIFT;
            long end = Sidecar.firstSlabOf(page + 1) << SLAB_SHIFT;
            if (present.nextSet(first, end) == end) {
                map.punch(page * PAGE_BYTES, PAGE_BYTES);
                trimmed += pages.clear(page, page + 1);
            }
        }
        return trimmed;
    }
}
