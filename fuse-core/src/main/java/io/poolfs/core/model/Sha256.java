package io.poolfs.core.model;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A SHA-256 of some content. Immutable. */
public final class Sha256 {
    public static final int BYTES = 32;

    private final byte[] bytes;

    private Sha256(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the 32 bytes over. */
    public static Sha256 of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("SHA-256 of " + bytes.length + " bytes");
        }
        return new Sha256(bytes);
    }

    /** Reads 64 hex digits; anything else is {@link Reason#CORRUPT}. */
    public static Sha256 parse(String hex) throws PoolException {
        try {
            if (hex.length() == 2 * BYTES) {
                return new Sha256(HexFormat.of().parseHex(hex));
            }
        } catch (IllegalArgumentException e) {
            throw new PoolException(Reason.CORRUPT, "not a SHA-256: \"" + hex + "\"", e);
        }
        throw new PoolException(Reason.CORRUPT, "not a SHA-256: \"" + hex + "\"");
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Sha256 that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
