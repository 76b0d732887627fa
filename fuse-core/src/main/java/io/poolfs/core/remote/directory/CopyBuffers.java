package io.poolfs.core.remote.directory;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

/** Buffers outside of the heap for bytes on their way, a few of them kept. Usable from any thread. */
final class CopyBuffers {
    /** Small enough to stay in a processor's own cache between the two copies. */
    static final int BYTES = 128 << 10;

    private static final int KEPT = 8;

    /** Of all stores of the process. */
    private static final BlockingDeque<ByteBuffer> FREE = new LinkedBlockingDeque<>(KEPT);

    private CopyBuffers() {}

    static ByteBuffer take() {
        ByteBuffer kept = FREE.pollFirst(); // the last one used is the one in the processor's cache
        return kept == null ? ByteBuffer.allocateDirect(BYTES) : kept.clear();
    }

    static void giveBack(ByteBuffer buffer) {
        boolean unused = FREE.offerFirst(buffer);
    }
}
