package io.poolfs.core.model;

import java.nio.ByteBuffer;

/** Names a chunk: an immutable object on one remote. Opaque and random. */
public record ChunkId(long high, long low) implements Comparable<ChunkId> {
    /** Length of the binary form. */
    public static final int BYTES = 16;

    /** Reads 32 hex digits; anything else is {@link Reason#CORRUPT}. */
    public static ChunkId parse(String hex) throws PoolException {
        return new ChunkId(Id128.high(hex, "chunk id"), Id128.low(hex, "chunk id"));
    }

    /** True when the text could be an id of this kind. */
    public static boolean isValid(String hex) {
        return Id128.isHex(hex);
    }

    public static ChunkId read(ByteBuffer src) {
        return new ChunkId(src.getLong(), src.getLong());
    }

    public void write(ByteBuffer dst) {
        Id128.put(dst, high, low);
    }

    /** The 32 hex digits. */
    public String hex() {
        return Id128.hex(high, low);
    }

    @Override
    public int compareTo(ChunkId other) {
        int c = Long.compareUnsigned(high, other.high);
        return c != 0 ? c : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return hex();
    }
}
