package io.poolfs.it.model;

import java.util.Arrays;
import java.util.zip.CRC32C;

/** What a call returned: its value or errno, and the bytes that came with it. */
record Outcome(long value, int errno, byte[] bytes) {
    private static final byte[] NONE = new byte[0];

    /** The call has no such slot. */
    static final Outcome SKIPPED = new Outcome(Long.MIN_VALUE, 0, NONE);

    static Outcome of(long value) {
        return value < 0 ? new Outcome(-1, Libc.lastError(), NONE) : new Outcome(value, 0, NONE);
    }

    Outcome with(byte[] read) {
        return new Outcome(value, errno, read);
    }

    boolean isSuccess() {
        return errno == 0 && value >= 0;
    }

    boolean isSame(Outcome other) {
        return value == other.value && errno == other.errno && Arrays.equals(bytes, other.bytes);
    }

    /** In what both differ. */
    String against(Outcome other) {
        if (value != other.value || errno != other.errno) {
            return this + " instead of " + other;
        }
        int at = Arrays.mismatch(bytes, other.bytes);
        return "other bytes from byte %d of %d on: %d instead of %d"
                .formatted(at, bytes.length, bytes[at], other.bytes[at]);
    }

    @Override
    public String toString() {
        if (!isSuccess()) {
            return errno == 0 ? "not made" : "errno " + errno;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return value + (bytes.length > 0 ? " with " + bytes.length + " bytes " + Long.toHexString(crc.getValue()) : "");
    }
}
