package io.poolfs.core.remote.crypt;

/** Where plain bytes lie in an encrypted object: a header, then blocks of 64 KiB with a seal before each. */
public final class CryptLayout {
    public static final int HEADER_BYTES = 32;
    public static final int BLOCK_BYTES = 64 << 10;

    static final int SEAL_BYTES = 16;
    static final int SEALED_BLOCK_BYTES = SEAL_BYTES + BLOCK_BYTES;

    private CryptLayout() {}

    /** The block that holds the plain offset. */
    public static long block(long offset) {
        return offset / BLOCK_BYTES;
    }

    /** Where a block begins in the encrypted object. */
    public static long position(long block) {
        return HEADER_BYTES + block * SEALED_BLOCK_BYTES;
    }
}
