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
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    private boolean stormy;
    private boolean flips;
    private boolean flipped;
    private boolean late;
    private long excusedUntilNanos = Long.MIN_VALUE;
    private int damaged = -1;
    private boolean gone;
    private int remembered = -1;
    private SimBucket.@Nullable Snapshot memory;

    Weather(SimScheduler scheduler, List<SimBucket> buckets) {
        this.scheduler = scheduler;
        this.buckets = buckets;
    }

    /** Faults by chance, of one kind or all, as the numbers say. */
    void set(long a, long b) {
        calm();
        storm = true;
        stormy = true;
        double strength = (double) (b % 3 + 1);
        int kind = (int) ((a >> 6) % 11);
        for (int i = 0; i < buckets.size(); i++) {
            SimFaults faults = buckets.get(i).faults();
            faults.latency(Duration.ZERO, Duration.ofMillis(100L << (b >> 3) % 6));
            switch (kind) {
                case 0 -> faults.set(SimFault.ERROR_BEFORE, 0.15 * strength);
                case 1 -> faults.set(SimFault.ERROR_AFTER, 0.15 * strength);
                case 2 -> faults.set(SimFault.HANG, 0.08 * strength);
                case 3 -> faults.set(SimFault.TORN_UPLOAD, 0.15 * strength);
                case 4 -> {
                    late = true;
                    faults.set(SimFault.LATE_EFFECT, 0.1 * strength).lateEffect(Duration.ofHours(b % 10));
                }
                case 5 -> faults.set(SimFault.DUPLICATE, 0.3 * strength);
                case 6 -> faults.set(SimFault.THROTTLED, 0.2 * strength);
                case 7 -> faults.set(SimFault.SLOW, 0.2 * strength).slowLatency(Duration.ofSeconds(29));
                case 8 -> faults.listingLag(Duration.ofSeconds(b % 600));
                case 9 -> {
                    flips = true;
                    flipped = true;
                    faults.set(SimFault.FLIP_IN_FLIGHT, 0.1 * strength);
                }
                default -> {
                    if ((a >> i) % 2 == 0) {
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
        SimBucket bucket = buckets.get((int) (a % buckets.size()));
        boolean denied = a / buckets.size() % 4 == 0;
        storm |= isDown;
        if (!isDown || denied) {
            bucket.setDenied(isDown);
        }
        if (!isDown || !denied) {
            bucket.setDown(isDown || isGone(bucket));
        }
        touch();
    }

    void full(long a, long b) {
        SimBucket bucket = buckets.get((int) (a % buckets.size()));
        bucket.setCapacity(OptionalLong.of(bucket.usedBytes() + b % 500_000));
        storm = true;
    }

    /** One remote is never seen again. What lies there is lost, and nothing else. */
    void gone(long a) {
        if (mayDamage((int) (a % buckets.size()))) {
            damaged = (int) (a % buckets.size());
            gone = true;
            buckets.get(damaged).wipe();
            buckets.get(damaged).setDown(true);
            touch();
        }
    }

    /** The first time a remote's state is noted, the second time it is back. */
    void oldState(long a) {
        SimBucket.Snapshot old = memory;
        if (old == null) {
            remembered = (int) (a % buckets.size());
            memory = buckets.get(remembered).snapshot();
        } else if (mayDamage(remembered) && !gone) {
            damaged = remembered;
            buckets.get(damaged).restore(old);
            memory = null;
            touch();
        }
    }

    /** A bit of a chunk is another one. */
    void flip(long a, long b) {
        int index = (int) (a % buckets.size());
        if (!mayDamage(index) || gone) {
            return;
        }
        SimBucket bucket = buckets.get(index);
        List<String> chunks = bucket.names().stream()
                .filter(name -> name.startsWith(Pools.DATA))
                .toList();
        if (!chunks.isEmpty()) {
            String chunk = chunks.get((int) (b % chunks.size()));
            byte[] bytes = bucket.bytes(chunk);
            if (bytes.length > 0) {
                damaged = index;
                bucket.flip(chunk, (int) (b % bytes.length));
            }
        }
    }

    /** Only what quorums can bear: one remote of three or more. */
    private boolean mayDamage(int index) {
        return buckets.size() >= 3 && (damaged < 0 || damaged == index);
    }

    private boolean isGone(SimBucket bucket) {
        return gone && bucket == buckets.get(damaged);
    }

    /** Nothing fails any more by chance, and everyone is up. What is lost stays lost. */
    void calm() {
        touch();
        storm = false;
        flips = false;
        for (SimBucket bucket : buckets) {
            bucket.faults().calm().latency(Duration.ZERO, Duration.ofMillis(50)).listingLag(Duration.ZERO);
            bucket.setDown(isGone(bucket));
            bucket.setDenied(false);
            bucket.setCapacity(OptionalLong.empty());
        }
    }

    /** Something was done that takes time to be over. */
    void touch() {
        stormy |= storm || damaged >= 0;
        excusedUntilNanos = scheduler.deadlineAfter(AFTERMATH);
    }

    /** Whether bits were flipped on their way since the process began. */
    boolean hasFlipped() {
        return flipped;
    }

    void forgetFlips() {
        flipped = flips;
    }

    /** Whether anything may have come to be on a remote long after it was put. */
    boolean hadLateEffects() {
        return late;
    }

    /** Whether there ever was anything wrong with the remotes. */
    boolean wasStormy() {
        return stormy;
    }

    boolean isStorm() {
        return storm;
    }

    /** The remote whose objects may be lost or damaged; -1 when there is none. */
    int damaged() {
        return damaged;
    }

    boolean excuses(PoolException e) {
        boolean bad = storm || damaged >= 0 || scheduler.clock().monotonicNanos() < excusedUntilNanos;
        return (bad && OF_REMOTES.contains(e.reason()))
                || ((damaged >= 0 || flips) && e.reason() == Reason.CORRUPT)
                || (damaged >= 0 && e.reason() == Reason.OBJECT_NOT_FOUND);
    }
}
