package io.poolfs.core.fetch;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import org.jspecify.annotations.Nullable;

/**
 * A run of a file as the metadata explains it: a part of an extent with its chunk, or a hole.
 *
 * @param extent narrowed to exactly this run; null for a hole
 * @param chunk the chunk of the extent; null for a hole
 */
record Stretch(
        long start,
        long end,
        @Nullable Extent extent,
        @Nullable Chunk chunk) {
    static Stretch hole(long start, long end) {
        return new Stretch(start, end, null, null);
    }

    boolean isHole() {
        return extent == null;
    }
}
