package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads what {@link RecordWriter} built. Anything short, long or of an unknown version is an error, never a guess. */
final class RecordReader {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final String what;
    private final byte[] buffer;
    private int position;

    RecordReader(String what, byte[] buffer, int version) throws PoolException {
        this.what = what;
        this.buffer = buffer;
        int found = u8();
        if (found != version) {
            throw new PoolException(
                    found > version ? Reason.NEWER_FORMAT : Reason.CORRUPT,
                    what + " record of version " + found + " in the local metadata; this poolfs knows " + version);
        }
    }

    int u8() throws PoolException {
        need(1);
        return buffer[position++] & 0xff;
    }

    long number() throws PoolException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw corrupt("has an endless number");
    }

    /** A number that counts or measures something. */
    long size() throws PoolException {
        long value = number();
        if (value < 0) {
            throw corrupt("has a negative size");
        }
        return value;
    }

    int intSize() throws PoolException {
        long value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw corrupt("has a count of " + value);
        }
        return (int) value;
    }

    /** 32 bits, whatever their meaning. */
    int bits() throws PoolException {
        return (int) number();
    }

    long signed() throws PoolException {
        long value = number();
        return (value >>> 1) ^ -(value & 1);
    }

    long fixed() throws PoolException {
        need(8);
        long value = (long) LONGS.get(buffer, position);
        position += 8;
        return value;
    }

    byte[] bytes(int count) throws PoolException {
        need(count);
        position += count;
        return Arrays.copyOfRange(buffer, position - count, position);
    }

    byte[] sized() throws PoolException {
        return bytes(intSize());
    }

    byte[] rest() throws PoolException {
        return bytes(remaining());
    }

    int remaining() {
        return buffer.length - position;
    }

    void end() throws PoolException {
        if (remaining() != 0) {
            throw corrupt("has " + remaining() + " bytes too many");
        }
    }

    PoolException corrupt(String problem) {
        return new PoolException(Reason.CORRUPT, what + " record in the local metadata " + problem);
    }

    private void need(int bytes) throws PoolException {
        if (bytes < 0 || bytes > remaining()) {
            throw corrupt("is cut off at byte " + buffer.length);
        }
    }
}
