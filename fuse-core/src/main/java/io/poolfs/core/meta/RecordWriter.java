package io.poolfs.core.meta;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Builds the binary value of one record: a version byte, then fields in a fixed order. Numbers are variable-length (seven
 * bits per byte, least significant first, the top bit says that more follows) or eight bytes big-endian.
 */
final class RecordWriter {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] buffer;
    private int size;

    RecordWriter(int version, int expectedBytes) {
        buffer = new byte[Math.max(16, expectedBytes)];
        buffer[size++] = (byte) version;
    }

    RecordWriter u8(int value) {
        room(1);
        buffer[size++] = (byte) value;
        return this;
    }

    /** Unsigned; negative values take ten bytes. */
    RecordWriter number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            buffer[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
        return this;
    }

    /** Short for values near zero, whatever their sign. */
    RecordWriter signed(long value) {
        return number((value << 1) ^ (value >> 63));
    }

    RecordWriter fixed(long value) {
        room(8);
        LONGS.set(buffer, size, value);
        size += 8;
        return this;
    }

    RecordWriter bytes(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, buffer, size, value.length);
        size += value.length;
        return this;
    }

    RecordWriter sized(byte[] value) {
        return number(value.length).bytes(value);
    }

    byte[] toBytes() {
        return size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    }

    private void room(int bytes) {
        if (buffer.length - size < bytes) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + bytes));
        }
    }
}
