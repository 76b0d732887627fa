package io.poolfs.core.remote.crypt;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The number that an encrypted object begins with; each of its blocks has its own, counted on from it. Immutable. */
public final class CryptNonce {
    static final int BYTES = 24;

    private static final byte[] MAGIC = "RCLONE\0\0".getBytes(StandardCharsets.US_ASCII);

    private final byte[] first;

    private CryptNonce(byte[] first) {
        this.first = first;
    }

    /** Out of the object's first bytes. CORRUPT when they are not those of an encrypted object. */
    public static CryptNonce ofHeader(byte[] header) throws PoolException {
        if (header.length < CryptLayout.HEADER_BYTES
                || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new PoolException(Reason.CORRUPT, "it does not begin as an encrypted object does");
        }
        return new CryptNonce(Arrays.copyOfRange(header, MAGIC.length, MAGIC.length + BYTES));
    }

    /** That of a block: the first one plus its number, little-endian. */
    byte[] of(long block) {
        byte[] nonce = first.clone();
        long carry = 0;
        for (int i = 0; i < BYTES; i++) {
            long digit = i < Long.BYTES ? block >>> (Byte.SIZE * i) & 0xff : 0;
            long sum = (nonce[i] & 0xff) + digit + carry;
            nonce[i] = (byte) sum;
            carry = sum >>> Byte.SIZE;
        }
        return nonce;
    }
}
