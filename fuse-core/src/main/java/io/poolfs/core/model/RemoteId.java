package io.poolfs.core.model;

import java.nio.ByteBuffer;

/** Names a remote for ever, whatever rclone calls it on this machine. Written in its {@code remote.json}. */
public record RemoteId(long high, long low) implements Comparable<RemoteId> {
    /** Length of the binary form. */
    public static final int BYTES = 16;

    /** Reads 32 hex digits; anything else is {@link Reason#CORRUPT}. */
    public static RemoteId parse(String hex) throws PoolException {
        return new RemoteId(Id128.high(hex, "remote id"), Id128.low(hex, "remote id"));
    }

    /** True when the text could be an id of this kind. */
    public static boolean isValid(String hex) {
        return Id128.isHex(hex);
    }

    public static RemoteId read(ByteBuffer src) {
        return new RemoteId(src.getLong(), src.getLong());
    }

    public void write(ByteBuffer dst) {
        Id128.put(dst, high, low);
    }

    /** The 32 hex digits. */
    public String hex() {
        return Id128.hex(high, low);
    }

    @Override
    public int compareTo(RemoteId other) {
        int c = Long.compareUnsigned(high, other.high);
        return c != 0 ? c : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return hex();
    }
}
