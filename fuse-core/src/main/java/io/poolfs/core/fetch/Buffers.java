package io.poolfs.core.fetch;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers for units. Large ones are kept for the next: they are outside of the heap, where files and remotes take bytes
 * without another copy. Usable from any thread.
 */
final class Buffers {
    private static final int LARGE_BYTES = Track.UNIT_BYTES + (64 << 10);
    private static final int SMALL_BYTES = 256 << 10;
    private static final int KEPT = 24;

    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /** A buffer with exactly so many bytes remaining from 0; what is in it is undefined. */
    ByteBuffer take(int bytes) {
        if (bytes <= SMALL_BYTES || bytes > LARGE_BYTES) {
            return ByteBuffer.allocate(bytes);
        }
        ByteBuffer kept = free.poll();
        if (kept == null) {
            return ByteBuffer.allocateDirect(LARGE_BYTES).limit(bytes);
        }
        count.decrementAndGet();
        return kept.clear().limit(bytes);
    }

    /** Nobody uses it any more. */
    void giveBack(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            if (count.incrementAndGet() <= KEPT) {
                free.add(buffer);
            } else {
                count.decrementAndGet();
            }
        }
    }
}
