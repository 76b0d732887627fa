package io.poolfs.core.meta;

import java.nio.ByteBuffer;

/** The native buffer in which a key is handed to LMDB; used by one thread at a time. */
final class LmdbKey {
    private static final int MAX_BYTES = 511;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_BYTES);

    ByteBuffer of(byte[] key) {
        buffer.clear();
        buffer.put(key).flip();
        return buffer;
    }

    static byte[] copy(ByteBuffer found) {
        byte[] bytes = new byte[found.remaining()];
        found.get(bytes);
        return bytes;
    }
}
