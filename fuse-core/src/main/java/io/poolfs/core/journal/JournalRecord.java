package io.poolfs.core.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The frame of a record in the local journal: {@code [payload length u32 | CRC32C u32 | kind u8 | number u64 |
 * payload]}, big endian; the checksum covers kind, number and payload.
 */
record JournalRecord(Kind kind, long number, byte[] payload) {
    static final int HEADER_BYTES = 17;
    private static final int CHECKED_FROM = 8;

    /** What the record says; the byte is its place. */
    enum Kind {
        /** A transaction; number = its id, payload = its JSON line without newline. Replaces one of the same id. */
        TRANSACTION(1),
        /** The transaction of that number never happened. */
        ABORT(2),
        /** A local note; number = its key; an empty payload takes it away. Never ships. */
        NOTE(3),
        /** Every transaction up to the number was durable when this was written. */
        SYNCED(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        static @Nullable Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }

    long frameBytes() {
        return HEADER_BYTES + (long) payload.length;
    }

    /** Puts the frame into the buffer, which must have room. */
    void write(ByteBuffer dst) {
        int start = dst.position();
        dst.putInt(payload.length).putInt(0).put((byte) kind.code).putLong(number);
        dst.put(payload);
        dst.putInt(start + 4, checksum(dst, start + CHECKED_FROM, dst.position()));
    }

    /** Reads the frame at the position; null when what is there is no whole, valid frame. */
    static @Nullable JournalRecord read(ByteBuffer src, int position) {
        int left = src.limit() - position;
        if (left < HEADER_BYTES) {
            return null;
        }
        int length = src.getInt(position);
        Kind kind = Kind.of(src.get(position + CHECKED_FROM));
        if (length < 0 || length > left - HEADER_BYTES || kind == null) {
            return null;
        }
        int end = position + HEADER_BYTES + length;
        if (src.getInt(position + 4) != checksum(src, position + CHECKED_FROM, end)) {
            return null;
        }
        byte[] payload = new byte[length];
        src.get(position + HEADER_BYTES, payload);
        return new JournalRecord(kind, src.getLong(position + CHECKED_FROM + 1), payload);
    }

    private static int checksum(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, to - from));
        return (int) crc.getValue();
    }
}
