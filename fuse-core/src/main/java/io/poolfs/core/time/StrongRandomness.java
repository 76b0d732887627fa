package io.poolfs.core.time;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/** The system's strong randomness, drawn in blocks: a call of SecureRandom costs more than the bytes it gives. */
final class StrongRandomness implements Randomness {
    private static final int BLOCK_BYTES = 1024;

    private final SecureRandom source = new SecureRandom();

    @GuardedBy("this")
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).limit(0);

    @Override
    public synchronized long nextLong() {
        refillBelow(Long.BYTES);
        int at = block.position();
        long value = block.getLong();
        block.putLong(at, 0);
        return value;
    }

    @Override
    public void nextBytes(byte[] dst) {
        if (dst.length > BLOCK_BYTES) {
            source.nextBytes(dst);
            return;
        }
        synchronized (this) {
            refillBelow(dst.length);
            int at = block.position();
            block.get(dst);
            // What was given out must not be found in memory here.
            Arrays.fill(block.array(), at, at + dst.length, (byte) 0);
        }
    }

    @GuardedBy("this")
    private void refillBelow(int bytes) {
        if (block.remaining() < bytes) {
            source.nextBytes(block.array());
            block.clear();
        }
    }
}
