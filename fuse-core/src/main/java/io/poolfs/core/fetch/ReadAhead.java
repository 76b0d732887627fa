package io.poolfs.core.fetch;

/**
 * How far one reader is read ahead of. The window opens after a seek at the second read that goes on where the last one
 * ended, and doubles each time the reader had to wait, to at most twice what he has read since the seek: a reader who
 * stops soon costs little, a fast one has all remotes at work within a few round trips, a slow one never waits and so
 * never widens it. Used under its stream's monitor.
 */
final class ReadAhead {
    /** The first read after a seek fetches no more, and what one crypt block takes. */
    static final int FIRST_BYTES = 64 << 10;

    /** Largest unit of a fetch: a chunk is read in several at a time. */
    static final int UNIT_BYTES = 4 << 20;

    /** Largest part that is fetched while the reader waits for it alone. */
    private static final int DEMAND_BYTES = 1 << 20;

    /** The kernel's own read-ahead may swap neighbouring reads. */
    private static final int JITTER_BYTES = 1 << 20;

    private static final int UNITS_PER_WINDOW = 4;

    private final long maxBytes;
    private long startedAt;
    private long expected;
    private long window;
    private long plannedEnd;

    ReadAhead(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** A read begins; true when it does not go on where the last one ended: what was planned is obsolete. */
    boolean seeks(long offset) {
        if (offset >= expected - JITTER_BYTES && offset <= Math.max(expected, plannedEnd)) {
            return false;
        }
        startedAt = offset;
        expected = offset;
        window = 0;
        plannedEnd = offset;
        return true;
    }

    /** A read has ended; {@code waited}: what it wanted was not there. */
    void advance(long end, boolean waited) {
        boolean goesOn = expected > startedAt;
        expected = Math.max(expected, end);
        if (goesOn && waited) {
            long read = expected - startedAt;
            long wider = Math.max(2L * FIRST_BYTES, 2 * window);
            window = Math.min(maxBytes, Math.min(wider, Math.max(FIRST_BYTES, 2 * read)));
        }
    }

    /** Whether more should be planned now. The one comparison of a read that found all it wanted. */
    boolean isShort() {
        return expected + window / 2 > plannedEnd;
    }

    /** Where planning goes on. */
    long planFrom() {
        return Math.max(plannedEnd, expected);
    }

    long planTo() {
        return expected + window;
    }

    void planned(long end) {
        plannedEnd = Math.max(plannedEnd, end);
    }

    /** What was planned from here on is not coming: evicted before it was read, or there was no room. */
    void lost(long offset) {
        plannedEnd = Math.min(plannedEnd, offset);
    }

    /** How much is fetched at once for a reader who waits. */
    int demandBytes() {
        return Math.min(DEMAND_BYTES, Math.max(FIRST_BYTES, unitBytes()));
    }

    /** How much is fetched at once ahead of the reader. */
    int unitBytes() {
        long part = Math.max(FIRST_BYTES, window / UNITS_PER_WINDOW);
        return (int) Math.min(UNIT_BYTES, Long.highestOneBit(part));
    }

    long window() {
        return window;
    }
}
