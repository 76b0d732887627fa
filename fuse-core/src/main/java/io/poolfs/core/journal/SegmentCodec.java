package io.poolfs.core.journal;

import com.github.luben.zstd.Zstd;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import java.util.Arrays;

/** Writes segments and reads them back with every check that needs no other segment. Stateless. */
public final class SegmentCodec {
    /** A segment is cut when its lines reach this. */
    public static final int TARGET_LINES_BYTES = 8 << 20;

    /** No transaction's line is longer; one that is longer than the target has a segment of its own. */
    public static final int MAX_LINE_BYTES = 64 << 20;

    /** No segment object is larger: what zstd makes at most of the longest line. */
    public static final int MAX_OBJECT_BYTES = MAX_LINE_BYTES + (1 << 20);

    private static final int LEVEL = 3;

    private final PoolId pool;

    public SegmentCodec(PoolId pool) {
        this.pool = pool;
    }

    /**
     * The bytes of the object.
     *
     * @param lines the transactions from previous.last + 1 on, each with its newline
     */
    byte[] encode(long epoch, OwnerId owner, long last, long nanos, ChainPosition previous, byte[] lines) {
        byte[] header = new SegmentHeader(
                        pool,
                        epoch,
                        owner,
                        previous.last() + 1,
                        last,
                        nanos,
                        previous,
                        lines.length,
                        Hashes.sha256(lines))
                .line();
        byte[] plain = Arrays.copyOf(header, header.length + lines.length);
        System.arraycopy(lines, 0, plain, header.length, lines.length);
        byte[] packed = new byte[Math.toIntExact(Zstd.compressBound(plain.length))];
        long size = Zstd.compress(packed, plain, LEVEL, true);
        if (Zstd.isError(size)) {
            throw new IllegalStateException("zstd: " + Zstd.getErrorName(size));
        }
        return Arrays.copyOf(packed, (int) size);
    }

    /**
     * Reads an object that says to be segment {@code folder/first}.
     *
     * @throws PoolException CORRUPT with the fact that is wrong; NEWER_FORMAT
     */
    public Segment decode(byte[] object, NumberedName folder, long first, String where) throws PoolException {
        Segment segment = decode(object, where);
        requireName(segment.header(), folder, first, where);
        return segment;
    }

    /** The header alone, without a look at the lines. */
    SegmentHeader decodeHeader(byte[] object, NumberedName folder, long first, String where) throws PoolException {
        SegmentHeader header = decodeHeader(object, where);
        requireName(header, folder, first, where);
        return header;
    }

    SegmentHeader decodeHeader(byte[] object, String where) throws PoolException {
        byte[] start = Zstds.start(object, Fields.MAX_BYTES, where);
        SegmentHeader header = SegmentHeader.read(Fields.parse(start, 0, headerEnd(start, where), where));
        requirePool(header, where);
        return header;
    }

    Segment decode(byte[] object, String where) throws PoolException {
        byte[] start = Zstds.start(object, Fields.MAX_BYTES, where);
        int end = headerEnd(start, where);
        SegmentHeader header = SegmentHeader.read(Fields.parse(start, 0, end, where));
        requirePool(header, where);
        byte[] lines = Zstds.rest(object, end + 1, header.linesBytes(), where);
        check(header, lines, where);
        return new Segment(header, Hashes.sha256(object), lines);
    }

    private static void requireName(SegmentHeader header, NumberedName folder, long first, String where)
            throws PoolException {
        if (header.epoch() != folder.number() || !header.owner().equals(folder.owner()) || header.first() != first) {
            throw new PoolException(
                    Reason.CORRUPT,
                    where + " holds segment " + Layout.stem(header.epoch(), header.owner()) + "/" + header.first()
                            + ", not " + folder + "/" + first);
        }
    }

    private void requirePool(SegmentHeader header, String where) throws PoolException {
        if (!header.pool().equals(pool)) {
            throw new PoolException(
                    Reason.CORRUPT, where + " belongs to pool " + header.pool() + ", not to this pool " + pool);
        }
    }

    private static void check(SegmentHeader header, byte[] lines, String where) throws PoolException {
        if (header.previous().last() + 1 != header.first()) {
            throw new PoolException(
                    Reason.CORRUPT, where + " starts at " + header.first() + " but follows " + header.previous());
        }
        Sha256 found = Hashes.sha256(lines);
        if (!found.equals(header.linesSha256())) {
            throw new PoolException(Reason.CORRUPT, where + ": checksum is " + found + ", not " + header.linesSha256());
        }
        long count = 0;
        for (byte b : lines) {
            if (b == '\n') {
                count++;
            }
        }
        if (count != header.last() - header.first() + 1 || lines[lines.length - 1] != '\n') {
            throw new PoolException(
                    Reason.CORRUPT,
                    where + " has " + count + " lines for transactions " + header.first() + " to " + header.last());
        }
    }

    private static int headerEnd(byte[] plain, String where) throws PoolException {
        for (int i = 0; i < Math.min(plain.length, Fields.MAX_BYTES); i++) {
            if (plain[i] == '\n') {
                return i;
            }
        }
        throw new PoolException(Reason.CORRUPT, where + " has no header line");
    }
}
