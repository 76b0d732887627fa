package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ByteRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The cut rule. Pure.
 *
 * <p>Chunks are {@code chunk_size}; the first of a long file are an eighth, a quarter and a half of it, one of each for
 * every remote, so that several remotes work for the file at once. Where the end of the file is known they become
 * smaller towards it, so that no remote still has much to do when the others have ended.
 */
final class Chunker {
    private static final int FIRST_PART = 8;

    /** Below this a first chunk is not worth its round trips. */
    private static final long FIRST_AT_LEAST_BYTES = 4L << 20;

    private final long chunkSizeBytes;

    Chunker(long chunkSizeBytes) {
        this.chunkSizeBytes = chunkSizeBytes;
    }

    long chunkSizeBytes() {
        return chunkSizeBytes;
    }

    /**
     * Size of the next chunk of a file.
     *
     * @param cutBefore how many chunks of the file were cut lately
     * @param remotes how many remotes take chunks
     * @param leftBytes what there is still to be cut; Long.MAX_VALUE when nobody knows
     * @param roomBytes the largest chunk that any remote has room for
     */
    long sizeBytes(int cutBefore, int remotes, long leftBytes, long roomBytes) {
        long first = Math.max(chunkSizeBytes / FIRST_PART, Math.min(chunkSizeBytes, FIRST_AT_LEAST_BYTES));
        int doublings = Math.min(3, cutBefore / Math.max(1, remotes));
        long even = Math.max(first, leftBytes / Math.max(1, remotes));
        long size = Math.min(Math.min(Math.min(chunkSizeBytes, first << doublings), even), roomBytes);
        return Math.max(Image.BLOCK_BYTES, size - size % Image.BLOCK_BYTES);
    }

    /**
     * Deals slices out to chunks, in order: each chunk as full as its limit allows, long slices divided at block
     * boundaries of the file.
     *
     * @param firstBytes limit of the first chunk
     * @param restBytes limit of the others
     */
    static List<List<Slice>> cut(List<Slice> slices, long firstBytes, long restBytes) {
        List<List<Slice>> chunks = new ArrayList<>();
        List<Slice> chunk = new ArrayList<>();
        long room = firstBytes;
        for (Slice slice : slices) {
            ByteRange left = slice.fileRange();
            while (!left.isEmpty()) {
                long take = fitting(left, room);
                if (take == 0 && !chunk.isEmpty()) {
                    chunks.add(chunk);
                    chunk = new ArrayList<>();
                    room = restBytes;
                    continue;
                }
                // A chunk takes at least one block, or nothing would ever fit a limit below it.
                take = take == 0 ? Math.min(left.lengthBytes(), Image.BLOCK_BYTES) : take;
                chunk.add(new Slice(slice.source(), new ByteRange(left.offset(), take)));
                left = ByteRange.between(left.offset() + take, left.end());
                room -= take;
            }
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk);
        }
        return chunks;
    }

    private static long fitting(ByteRange left, long room) {
        if (left.lengthBytes() <= room) {
            return left.lengthBytes();
        }
        long end = left.offset() + Math.max(0, room);
        return Math.max(0, end - end % Image.BLOCK_BYTES - left.offset());
    }
}
