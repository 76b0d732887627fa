package io.poolfs.core.model;

/** A run of bytes. {@code lengthBytes} may be zero; {@code end()} never overflows. */
public record ByteRange(long offset, long lengthBytes) {
    public ByteRange {
        if (offset < 0 || lengthBytes < 0 || offset > Long.MAX_VALUE - lengthBytes) {
            throw new IllegalArgumentException("range " + offset + "+" + lengthBytes);
        }
    }

    public static ByteRange between(long start, long end) {
        return new ByteRange(start, end - start);
    }

    /** The first offset behind the range. */
    public long end() {
        return offset + lengthBytes;
    }

    public boolean isEmpty() {
        return lengthBytes == 0;
    }

    public boolean overlaps(ByteRange other) {
        return offset < other.end() && other.offset < end();
    }

    public boolean contains(long position) {
        return position >= offset && position < end();
    }

    /** What both have; empty (at the later start) when they have nothing in common. */
    public ByteRange intersect(ByteRange other) {
        long start = Math.max(offset, other.offset);
        return between(start, Math.max(start, Math.min(end(), other.end())));
    }
}
