package io.poolfs.core.fetch;

import java.time.Duration;

/**
 * One sequential run of a reader through a file, and how far it is read ahead of. The window opens at the second read
 * that goes on where the last one ended, and doubles each time the reader has to wait: a reader who stops soon costs
 * little, a fast one has all remotes at work within a second. It closes again to what the reader uses up by himself in
 * some seconds, waiting not counted. Used under its stream's monitor; what it tells of its reach and use, by anyone.
 */
final class Track {
    /** The first read after a seek fetches no more, and what one crypt block takes. */
    static final int FIRST_BYTES = 64 << 10;

    /** Largest unit of a fetch: a chunk is read in several at a time. */
    static final int UNIT_BYTES = 4 << 20;

    /** Largest part that is fetched while the reader waits for it alone. */
    private static final int DEMAND_BYTES = 1 << 20;

    private static final int UNITS_PER_WINDOW = 4;

    /** So much is read before a reader is believed to read the whole: players and probes look at a beginning. */
    private static final long PROBE_BYTES = 4L << 20;

    /** The window is at most so many times what was read; first as long as it may be a probe, then later. */
    private static final int WINDOW_PER_PROBED = 2;

    private static final int WINDOW_PER_READ = 16;

    /** No window is closed further than this by a slow reader. */
    private static final long SLOW_WINDOW_BYTES = 2L << 20;

    private static final long AHEAD_NANOS = Duration.ofSeconds(8).toNanos();
    private static final long SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Of the time that passed the reader spent at least this part by himself. */
    private static final int LEAST_OWN_PART = 64;

    private final long startedAt;
    private volatile long next;
    private long window;
    private long plannedEnd;
    private long reads;
    private long sampleAt;
    private long sampleFrom;
    private long sampleWaited;
    private volatile long reach;
    private volatile long usedAt;

    Track(long offset, long nowNanos) {
        this.startedAt = offset;
        this.next = offset;
        this.plannedEnd = offset;
        this.reach = offset;
        this.sampleAt = nowNanos;
        this.sampleFrom = offset;
        this.usedAt = nowNanos;
    }

    /** Whether a read there goes on with this run: neighbouring reads may come swapped, and some are left out. */
    boolean takes(long offset, long slackBytes) {
        return offset >= next - slackBytes && offset <= Math.max(next + slackBytes, plannedEnd);
    }

    /** A read of the run begins. */
    void asked(long end, long nowNanos) {
        reads++;
        next = Math.max(next, end);
        reach = next + window;
        usedAt = nowNanos;
    }

    /** What the reader wants now is not there. {@code limitBytes}: what this reader may have at most. */
    void waits(long limitBytes) {
        if (reads < 2) {
            return;
        }
        long read = next - startedAt;
        long most = read < PROBE_BYTES ? WINDOW_PER_PROBED * read : WINDOW_PER_READ * read;
        long wider = Math.max(2L * FIRST_BYTES, 2 * window);
        setWindow(Math.min(limitBytes, Math.min(wider, Math.max(FIRST_BYTES, most))));
    }

    /** A read of the run has ended after so long a wait. */
    void answered(long nowNanos, long waitedNanos) {
        sampleWaited += waitedNanos;
        long passed = nowNanos - sampleAt;
        if (passed >= SAMPLE_NANOS) {
            long own = Math.max(passed / LEAST_OWN_PART, passed - sampleWaited);
            double perNano = (double) Math.max(0, next - sampleFrom) / own;
            long enough = Math.max(SLOW_WINDOW_BYTES, (long) (perNano * AHEAD_NANOS));
            if (enough < window) {
                setWindow(enough);
                plannedEnd = Math.min(plannedEnd, next + enough);
            }
            sampleAt = nowNanos;
            sampleFrom = next;
            sampleWaited = 0;
        }
    }

    /** The reader went elsewhere: what was planned is given up, and he has to wait again for a wide window. */
    void left() {
        setWindow(Math.min(window, SLOW_WINDOW_BYTES));
        plannedEnd = next;
    }

    private void setWindow(long bytes) {
        window = bytes;
        reach = next + bytes;
    }

    /** Whether more should be planned now. The one comparison of a read that found all it wanted. */
    boolean isShort() {
        return next + window / 2 > plannedEnd;
    }

    /** Where planning goes on. */
    long planFrom() {
        return Math.max(plannedEnd, next);
    }

    long planTo() {
        return next + window;
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

    /** When a read of it last began. */
    long usedAt() {
        return usedAt;
    }

    /** The end of what was asked for. */
    long position() {
        return next;
    }

    /** How far it may be fetched ahead of as of now. */
    long reach() {
        return reach;
    }
}
