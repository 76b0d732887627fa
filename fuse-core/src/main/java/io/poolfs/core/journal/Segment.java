package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Sha256;
import java.util.Arrays;

/**
 * A journal object: committed transactions, one JSON line each.
 *
 * @param header its checked first line
 * @param sha256 of the object's bytes
 * @param lines all lines behind the header, each with its newline. Not copied: do not change it.
 */
public record Segment(SegmentHeader header, Sha256 sha256, byte[] lines) {
    ChainPosition end() {
        return header.end(sha256);
    }

    /** Visits the lines, without newline, in order. */
    void forEachLine(LineVisitor visitor) throws PoolException {
        forEachLine(header.first(), lines, visitor);
    }

    static void forEachLine(long first, byte[] lines, LineVisitor visitor) throws PoolException {
        long transaction = first;
        int start = 0;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i] == '\n') {
                visitor.line(transaction++, Arrays.copyOfRange(lines, start, i));
                start = i + 1;
            }
        }
    }

    /** Takes a line and the transaction that it must hold. */
    @FunctionalInterface
    interface LineVisitor {
        void line(long transaction, byte[] line) throws PoolException;
    }
}
