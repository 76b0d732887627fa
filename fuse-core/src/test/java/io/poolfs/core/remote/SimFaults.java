package io.poolfs.core.remote;

import io.poolfs.core.time.Randomness;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How often what goes wrong at a simulated remote; nothing at first. May be changed at any time, from any thread. */
public final class SimFaults {
    private static final int RESOLUTION = 1 << 20;

    private final Map<SimFault, Double> probabilities = new EnumMap<>(SimFault.class);
    private Duration latencyMin = Duration.ZERO;
    private Duration latencyMax = Duration.ZERO;
    private Duration slowLatency = Duration.ofMinutes(10);
    private Duration lateEffect = Duration.ofHours(1);
    private Duration listingLag = Duration.ZERO;
    private Duration sizeLag = Duration.ZERO;

    public synchronized SimFaults set(SimFault fault, double probability) {
        probabilities.put(fault, probability);
        return this;
    }

    /** No more faults by chance; latencies and lags stay. */
    public synchronized SimFaults calm() {
        probabilities.clear();
        return this;
    }

    /** Each call takes a time between these. */
    public synchronized SimFaults latency(Duration min, Duration max) {
        latencyMin = min;
        latencyMax = max;
        return this;
    }

    /** The longest time that {@link SimFault#SLOW} makes of a call. */
    public synchronized SimFaults slowLatency(Duration max) {
        slowLatency = max;
        return this;
    }

    /** The longest time until {@link SimFault#LATE_EFFECT} lets an object appear. */
    public synchronized SimFaults lateEffect(Duration max) {
        lateEffect = max;
        return this;
    }

    /** Listings show the objects as they were this long ago. */
    public synchronized SimFaults listingLag(Duration lag) {
        listingLag = lag;
        return this;
    }

    /** Questions for a size are answered as of this long ago. */
    public synchronized SimFaults sizeLag(Duration lag) {
        sizeLag = lag;
        return this;
    }

    synchronized boolean strikes(SimFault fault, Randomness random) {
        double probability = probabilities.getOrDefault(fault, 0.0);
        return probability > 0 && random.nextInt(RESOLUTION) < probability * RESOLUTION;
    }

    synchronized long latencyNanos(Randomness random) {
        if (strikes(SimFault.SLOW, random)) {
            return between(0, slowLatency.toNanos(), random);
        }
        return between(latencyMin.toNanos(), latencyMax.toNanos(), random);
    }

    synchronized long lateEffectNanos(Randomness random) {
        return between(0, lateEffect.toNanos(), random);
    }

    synchronized long listingLagNanos() {
        return listingLag.toNanos();
    }

    synchronized long sizeLagNanos() {
        return sizeLag.toNanos();
    }

    private static long between(long min, long max, Randomness random) {
        return max <= min ? min : min + Long.remainderUnsigned(random.nextLong(), max - min + 1);
    }
}
