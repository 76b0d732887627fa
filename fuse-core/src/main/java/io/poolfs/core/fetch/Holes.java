package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import java.util.List;

/**
 * Where an image's content has holes: what is absent and what neither pending nor committed extents say anything of.
 * Usable from any thread.
 */
final class Holes {
    /** How much is looked at first, and at most, at a time: sparse files are large, fragmented ones have many extents. */
    private static final long FIRST_BYTES = 16L << 20;

    private static final long MOST_BYTES = 64L << 30;

    private final ContentResolver resolver;

    Holes(ContentResolver resolver) {
        this.resolver = resolver;
    }

    long nextData(Image image, long offset) throws PoolException {
        return find(image, offset, false);
    }

    long nextHole(Image image, long offset) throws PoolException {
        return find(image, offset, true);
    }

    private long find(Image image, long offset, boolean hole) throws PoolException {
        long size = image.content().sizeBytes();
        long step = FIRST_BYTES;
        for (long at = offset; at < size; step = Math.min(4 * step, MOST_BYTES)) {
            long end = Math.min(size, at + step);
            long found = find(image, at, end, hole);
            if (found < end) {
                return found;
            }
            at = end;
        }
        return Math.max(offset, size);
    }

    /** In [start, end); the end when there is none. */
    private long find(Image image, long start, long end, boolean hole) throws PoolException {
        // The image first: what leaves it after this look is in the metadata by then.
        long at = start;
        for (ByteRange absent : image.absent(start, end - start)) {
            long from = Math.max(start, absent.offset());
            long to = Math.min(end, absent.end());
            if (from >= to) {
                continue;
            }
            if (!hole && from > at) {
                return at;
            }
            List<Stretch> stretches = resolver.resolve(image, from, to);
            for (Stretch stretch : stretches) {
                if (stretch.isHole() == hole) {
                    return stretch.start();
                }
            }
            at = to;
        }
        return hole ? end : at;
    }
}
