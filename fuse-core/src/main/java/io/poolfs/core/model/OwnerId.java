package io.poolfs.core.model;

import java.nio.ByteBuffer;

/** Names one local state directory of a pool: the owner of epochs. */
public record OwnerId(long high, long low) implements Comparable<OwnerId> {
    /** Length of the binary form. */
    public static final int BYTES = 16;

    /** Reads 32 hex digits; anything else is {@link Reason#CORRUPT}. */
    public static OwnerId parse(String hex) throws PoolException {
        return new OwnerId(Id128.high(hex, "owner id"), Id128.low(hex, "owner id"));
    }

    /** True when the text could be an id of this kind. */
    public static boolean isValid(String hex) {
        return Id128.isHex(hex);
    }

    public static OwnerId read(ByteBuffer src) {
        return new OwnerId(src.getLong(), src.getLong());
    }

    public void write(ByteBuffer dst) {
        Id128.put(dst, high, low);
    }

    /** The 32 hex digits. */
    public String hex() {
        return Id128.hex(high, low);
    }

    @Override
    public int compareTo(OwnerId other) {
        int c = Long.compareUnsigned(high, other.high);
        return c != 0 ? c : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return hex();
    }
}
