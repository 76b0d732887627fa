package io.poolfs.core.remote;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/** How many bytes went by in the last seconds. What took longer counts evenly over its time. Usable from any thread. */
final class Meter {
    private static final long SLOT_NANOS = Duration.ofMillis(500).toNanos();

    /** Over so many slots the rate is told: long enough to be steady, short enough to be now. */
    private static final int TOLD = 8;

    private static final double NANOS_PER_SECOND = 1e9;

    @GuardedBy("this")
    private final double[] slots = new double[TOLD + 1];

    /** The newest slot that may hold something. */
    @GuardedBy("this")
    private long newest;

    synchronized void add(long fromNanos, long toNanos, long bytes) {
        moveTo(toNanos / SLOT_NANOS);
        long duration = Math.max(1, toNanos - fromNanos);
        long oldest = newest - TOLD;
        for (long slot = Math.max(oldest, fromNanos / SLOT_NANOS); slot <= toNanos / SLOT_NANOS; slot++) {
            long from = Math.max(fromNanos, slot * SLOT_NANOS);
            long to = Math.min(Math.max(toNanos, fromNanos + 1), (slot + 1) * SLOT_NANOS);
            slots[index(slot)] += (double) bytes * Math.max(0, to - from) / duration;
        }
    }

    /** The rate over the whole slots before this moment and the one it is in. */
    synchronized long bytesPerSecond(long nowNanos) {
        moveTo(nowNanos / SLOT_NANOS);
        double sum = 0;
        for (double slot : slots) {
            sum += slot;
        }
        return (long) (sum * NANOS_PER_SECOND / (TOLD * SLOT_NANOS + nowNanos % SLOT_NANOS));
    }

    @GuardedBy("this")
    private void moveTo(long slot) {
        for (long next = Math.max(newest + 1, slot - TOLD); next <= slot; next++) {
            slots[index(next)] = 0;
        }
        newest = Math.max(newest, slot);
    }

    @GuardedBy("this")
    private int index(long slot) {
        return (int) (slot % slots.length);
    }
}
