package io.poolfs.core.sim.engine;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimFault;
import io.poolfs.core.remote.SimFaults;
import io.poolfs.core.time.SimScheduler;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What is wrong with the remotes now, and what that excuses. */
final class Weather {
    /** How long what happened goes on to excuse what is seen: back-offs and probes take their time. */
    private static final Duration AFTERMATH = Duration.ofMinutes(20);

    private static final Set<Reason> OF_REMOTES = EnumSet.of(
            Reason.REMOTE_UNAVAILABLE,
            Reason.REMOTE_FULL,
            Reason.REMOTE_THROTTLED,
            Reason.REMOTE_MISSING,
            Reason.REMOTE_DENIED,
            Reason.TIMEOUT,
            Reason.NO_QUORUM,
            Reason.NO_SPACE);

    private final SimScheduler scheduler;
    private final List<SimBucket> buckets;
    private boolean storm;
    private long excusedUntilNanos = Long.MIN_VALUE;
    private boolean flips;
    private int damaged = -1;

    Weather(SimScheduler scheduler, List<SimBucket> buckets) {
        this.scheduler = scheduler;
        this.buckets = buckets;
    }

    /** Faults of all kinds, as the numbers say. */
    void set(long a, long b) {
        calm();
        storm = true;
        int strength = (int) (b % 3) + 1;
        for (int i = 0; i < buckets.size(); i++) {
            SimFaults faults = buckets.get(i).faults();
            long dice = a >> i;
            faults.latency(Duration.ZERO, Duration.ofMillis(100L << (b >> 3) % 6));
            switch ((int) ((a >> 6) % 10)) {
                case 0 -> faults.set(SimFault.ERROR_BEFORE, 0.15 * strength);
                case 1 -> faults.set(SimFault.ERROR_AFTER, 0.15 * strength);
                case 2 -> faults.set(SimFault.HANG, 0.08 * strength);
                case 3 -> faults.set(SimFault.TORN_UPLOAD, 0.15 * strength);
                case 4 -> faults.set(SimFault.LATE_EFFECT, 0.1 * strength);
                case 5 -> faults.set(SimFault.DUPLICATE, 0.3 * strength);
                case 6 -> faults.set(SimFault.THROTTLED, 0.2 * strength);
                case 7 ->
                    faults.set(SimFault.SLOW, 0.05 * strength).slowLatency(Duration.ofMinutes(1L << (b >> 5) % 8));
                case 8 -> faults.listingLag(Duration.ofSeconds(b % 600));
                default -> {
                    if (dice % 2 == 0) {
                        faults.set(SimFault.ERROR_BEFORE, 0.05 * strength)
                                .set(SimFault.ERROR_AFTER, 0.05 * strength)
                                .set(SimFault.HANG, 0.02 * strength)
                                .set(SimFault.TORN_UPLOAD, 0.05 * strength)
                                .set(SimFault.DUPLICATE, 0.1)
                                .set(SimFault.THROTTLED, 0.05);
                    }
                }
            }
        }
    }

    void down(long a, boolean isDown) {
        if (isDown) {
            storm = true;
        }
        buckets.get((int) (a % buckets.size())).setDown(isDown);
        touch();
    }

    void allDown() {
        storm = true;
        buckets.forEach(bucket -> bucket.setDown(true));
    }

    /** Nothing fails any more by chance, and everyone is up. */
    void calm() {
        touch();
        storm = false;
        for (int i = 0; i < buckets.size(); i++) {
            buckets.get(i)
                    .faults()
                    .calm()
                    .latency(Duration.ZERO, Duration.ofMillis(50))
                    .listingLag(Duration.ZERO);
            buckets.get(i).setDown(false);
        }
    }

    /** Something was done that takes time to be over. */
    void touch() {
        excusedUntilNanos = scheduler.deadlineAfter(AFTERMATH);
    }

    boolean isStorm() {
        return storm;
    }

    boolean excuses(PoolException e) {
        boolean bad = storm || damaged >= 0 || scheduler.clock().monotonicNanos() < excusedUntilNanos;
        return bad && OF_REMOTES.contains(e.reason())
                || (damaged >= 0 || flips) && e.reason() == Reason.CORRUPT
                || damaged >= 0 && e.reason() == Reason.OBJECT_NOT_FOUND;
    }
}
