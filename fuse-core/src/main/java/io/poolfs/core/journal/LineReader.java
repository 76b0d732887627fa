package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the lines of a run of transactions from journal files, in order. A transaction counts when no abort and no
 * second one of its number follows, so the last one read is held back until the next record says so.
 */
final class LineReader {
    private static final int STEP_BYTES = 1 << 20;

    private final long first;
    private final long to;
    private final int targetBytes;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private long next;
    private byte @Nullable [] held;
    private Mark heldEnd = Mark.NONE;
    private Mark mark = Mark.NONE;
    private boolean full;

    LineReader(long first, long to, int targetBytes) {
        this.first = first;
        this.to = to;
        this.targetBytes = targetBytes;
        this.next = first;
    }

    boolean isFull() {
        return full;
    }

    /** Where the transaction behind the last one collected begins, or something before it in that file. */
    Mark mark() {
        return mark;
    }

    void read(JournalFile file, long from, long endBytes) throws PoolException {
        long offset = from;
        ByteBuffer step = ByteBuffer.allocate((int) Math.min(STEP_BYTES, endBytes - from));
        while (offset < endBytes && !full) {
            step.clear().limit((int) Math.min(step.capacity(), endBytes - offset));
            step.limit(file.file.read(offset, step)).position(0);
            int position = 0;
            while (!full) {
                JournalRecord record = JournalRecord.read(step, position);
                if (record == null) {
                    break;
                }
                take(record, new Mark(record.number() + 1, file.first, offset + position + record.frameBytes()));
                position += (int) record.frameBytes();
            }
            if (position == 0) {
                step = larger(step, file, offset, endBytes);
            }
            offset += position;
        }
    }

    private static ByteBuffer larger(ByteBuffer step, JournalFile file, long offset, long endBytes)
            throws PoolException {
        long needed = step.limit() >= Integer.BYTES ? step.getInt(0) + (long) JournalRecord.HEADER_BYTES : -1;
        if (needed <= step.capacity() || needed > endBytes - offset) {
            throw new PoolException(Reason.CORRUPT, file.file.path() + " is damaged at byte " + offset);
        }
        return ByteBuffer.allocate((int) needed);
    }

    private void take(JournalRecord record, Mark end) throws PoolException {
        switch (record.kind()) {
            case TRANSACTION -> takeTransaction(record, end);
            case ABORT -> {
                if (held != null && record.number() == next) {
                    held = null;
                }
            }
            case NOTE, SYNCED -> {}
        }
    }

    private void takeTransaction(JournalRecord record, Mark end) throws PoolException {
        if (record.number() < next) {
            return;
        }
        if (record.number() == next + 1 && held != null) {
            keepHeld();
        }
        if (record.number() > to || isTooMuch(record.payload())) {
            full = true;
            return;
        }
        if (record.number() != next) {
            throw new PoolException(
                    Reason.CORRUPT, "the journal goes on with transaction " + record.number() + " in place of " + next);
        }
        held = record.payload();
        heldEnd = end;
    }

    private boolean isTooMuch(byte[] line) {
        return lines.size() > 0 && lines.size() + (long) line.length + 1 > targetBytes;
    }

    private void keepHeld() {
        if (held != null) {
            lines.writeBytes(held);
            lines.write('\n');
            mark = heldEnd;
            next++;
            held = null;
        }
    }

    LocalJournal.Lines finish() {
        keepHeld();
        return new LocalJournal.Lines(first, next - 1, lines.toByteArray());
    }

    /**
     * A place in the log from which a later reader can go on.
     *
     * @param next the transaction that it stands before
     * @param file the file, by its first transaction
     */
    record Mark(long next, long file, long offset) {
        static final Mark NONE = new Mark(-1, 0, 0);
    }
}
