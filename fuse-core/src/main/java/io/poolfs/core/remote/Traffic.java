package io.poolfs.core.remote;

import io.poolfs.core.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what goes to and comes from a remote, and how fast. Usable from any thread. */
public final class Traffic {
    /** Below this a transfer's time says more of the round trip than of the line. */
    private static final long TELLING_BYTES = 256 << 10;

    private static final double WEIGHT_OF_NEWEST = 0.2;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long MIN_TOLD_NANOS = Duration.ofSeconds(4).toNanos();

    private final Clock clock;
    private final Direction up = new Direction();
    private final Direction down = new Direction();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    Traffic(Clock clock) {
        this.clock = clock;
    }

    private static final class Direction {
        final AtomicLong bytes = new AtomicLong();
        final AtomicInteger inProgress = new AtomicInteger();
        final AtomicLong bytesPerSecond = new AtomicLong();
        final Meter meter = new Meter();
        final Set<Transfer> running = ConcurrentHashMap.newKeySet();
    }

    public long uploadedBytes() {
        return up.bytes.get();
    }

    public long downloadedBytes() {
        return down.bytes.get();
    }

    public int uploadsInProgress() {
        return up.inProgress.get();
    }

    public int downloadsInProgress() {
        return down.inProgress.get();
    }

    /** Of single uploads, lately; 0 when none was large enough to tell. */
    public long uploadBytesPerSecond() {
        return up.bytesPerSecond.get();
    }

    /** Of single downloads, lately; 0 when none was large enough to tell. */
    public long downloadBytesPerSecond() {
        return down.bytesPerSecond.get();
    }

    /** Of all uploads together, over the last seconds. */
    public long uploadingBytesPerSecond() {
        return now(up);
    }

    /** Of all downloads together, over the last seconds. */
    public long downloadingBytesPerSecond() {
        return now(down);
    }

    /** Those under way count with what transfers of their direction have had in that time lately. */
    private long now(Direction direction) {
        long nanos = clock.monotonicNanos();
        long rate = direction.meter.bytesPerSecond(nanos);
        for (Transfer transfer : direction.running) {
            long elapsed = nanos - transfer.begunAt;
            double likely = Math.min(
                    (double) transfer.expectedBytes, direction.bytesPerSecond.get() * (elapsed / NANOS_PER_SECOND));
            rate += (long) (likely * NANOS_PER_SECOND / Math.max(elapsed, MIN_TOLD_NANOS));
        }
        return rate;
    }

    /** Calls made to the store, repeated ones too. */
    public long requests() {
        return requests.get();
    }

    public long failures() {
        return failures.get();
    }

    void request() {
        requests.incrementAndGet();
    }

    void failure() {
        failures.incrementAndGet();
    }

    /** A transfer in progress; closing it without {@link #done} counts nothing. */
    final class Transfer implements AutoCloseable {
        private final Direction direction;
        private final long begunAt = clock.monotonicNanos();
        private final long expectedBytes;

        Transfer(boolean upload, long expectedBytes) {
            this.expectedBytes = expectedBytes;
            direction = upload ? up : down;
            direction.inProgress.incrementAndGet();
            direction.running.add(this);
        }

        void done(long bytes) {
            direction.bytes.addAndGet(bytes);
            long now = clock.monotonicNanos();
            long nanos = now - begunAt;
            direction.running.remove(this);
            direction.meter.add(begunAt, now, bytes);
            if (bytes >= TELLING_BYTES && nanos > 0) {
                long speed = (long) (bytes * NANOS_PER_SECOND / nanos);
                direction.bytesPerSecond.updateAndGet(
                        old -> old == 0 ? speed : (long) (old + WEIGHT_OF_NEWEST * (speed - old)));
            }
        }

        @Override
        public void close() {
            direction.inProgress.decrementAndGet();
            direction.running.remove(this);
        }
    }
}
