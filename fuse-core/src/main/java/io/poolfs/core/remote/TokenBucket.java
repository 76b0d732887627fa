package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Holds a rate over time. Who comes waits until what was taken before is paid, and may then run into debt: one large
 * transfer is not cut up, the next one waits for it. Usable from any thread; a rate of 0 is no limit.
 */
final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    /** So often who waits looks whether the rate has changed with the time of day. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private final Scheduler scheduler;
    private final Monitor monitor;
    private final DoubleSupplier rate;

    @GuardedByMonitor("monitor")
    private double perSecond;

    @GuardedByMonitor("monitor")
    private double tokens;

    @GuardedByMonitor("monitor")
    private long filledAt;

    /** @param rate per second, now; a second of it may be taken at once after a rest */
    TokenBucket(Scheduler scheduler, String what, DoubleSupplier rate) {
        this.scheduler = scheduler;
        this.monitor = scheduler.newMonitor(what);
        this.rate = rate;
        this.perSecond = rate.getAsDouble();
        this.tokens = Math.max(1, perSecond);
        this.filledAt = scheduler.clock().monotonicNanos();
    }

    /** Takes the amount when its turn comes; false, with nothing taken, when that is not before the deadline. */
    boolean take(double amount, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            while (true) {
                long now = scheduler.clock().monotonicNanos();
                fill(now);
                if (perSecond <= 0 || tokens > 0) {
                    spendFilled(amount);
                    return true;
                }
                long paidAt = now + Math.max(1, (long) Math.ceil(-tokens / perSecond * NANOS_PER_SECOND) + 1);
                if (paidAt > deadlineNanos) {
                    return false;
                }
                double before = perSecond;
                monitor.await(() -> rate.getAsDouble() != before, Math.min(paidAt, now + LOOK_EVERY.toNanos()));
            }
        }
    }

    /** Takes the amount at once: those who come later wait for it. */
    void spend(double amount) {
        try (Monitor.Hold hold = monitor.enter()) {
            fill(scheduler.clock().monotonicNanos());
            spendFilled(amount);
        }
    }

    /** The rate is another one. */
    void changed() {
        try (Monitor.Hold hold = monitor.enter()) {
            fill(scheduler.clock().monotonicNanos());
            monitor.signalAll();
        }
    }

    @GuardedByMonitor("monitor")
    private void spendFilled(double amount) {
        if (perSecond > 0) {
            tokens -= amount;
        }
    }

    @GuardedByMonitor("monitor")
    private void fill(long now) {
        double next = rate.getAsDouble();
        if (perSecond <= 0 && next > 0) {
            tokens = Math.max(1, next); // nothing was counted
        } else if (next > 0) {
            tokens = Math.min(Math.max(1, next), tokens + (now - filledAt) / NANOS_PER_SECOND * perSecond);
        }
        perSecond = next;
        filledAt = now;
    }
}
