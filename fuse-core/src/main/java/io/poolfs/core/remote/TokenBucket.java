package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;

/**
 * Holds a rate over time. Who comes waits until what was taken before is paid, and may then run into debt: one large
 * transfer is not cut up, the next one waits for it. Usable from any thread; a rate of 0 is no limit.
 */
final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Scheduler scheduler;
    private final Monitor monitor;
    private final double burst;

    @GuardedByMonitor("monitor")
    private double perSecond;

    @GuardedByMonitor("monitor")
    private double tokens;

    @GuardedByMonitor("monitor")
    private long filledAt;

    /** @param burst how much may be taken at once after a rest */
    TokenBucket(Scheduler scheduler, String what, double perSecond, double burst) {
        this.scheduler = scheduler;
        this.monitor = scheduler.newMonitor(what);
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledAt = scheduler.clock().monotonicNanos();
    }

    /** Takes the amount when its turn comes; false, with nothing taken, when that is not before the deadline. */
    boolean take(double amount, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            while (true) {
                long now = scheduler.clock().monotonicNanos();
                fill(now);
                if (perSecond <= 0 || tokens > 0) {
                    tokens = perSecond <= 0 ? burst : tokens - amount;
                    return true;
                }
                long paidAt = now + Math.max(1, (long) Math.ceil(-tokens / perSecond * NANOS_PER_SECOND) + 1);
                if (paidAt > deadlineNanos) {
                    return false;
                }
                monitor.await(() -> perSecond <= 0, paidAt);
            }
        }
    }

    void setRate(double newPerSecond) {
        try (Monitor.Hold hold = monitor.enter()) {
            fill(scheduler.clock().monotonicNanos());
            perSecond = newPerSecond;
            monitor.signalAll();
        }
    }

    @GuardedByMonitor("monitor")
    private void fill(long now) {
        if (perSecond > 0) {
            tokens = Math.min(burst, tokens + (now - filledAt) / NANOS_PER_SECOND * perSecond);
        }
        filledAt = now;
    }
}
