package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;

/**
 * Keeps all calls to a remote back for a while after its provider asked us to slow down; longer each time, until one
 * goes well. Usable from any thread.
 */
final class Throttle {
    private static final Duration FIRST_REST = Duration.ofSeconds(1);
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private final Scheduler scheduler;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private long restUntil = Long.MIN_VALUE;

    @GuardedByMonitor("monitor")
    private Duration nextRest = FIRST_REST;

    Throttle(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.monitor = scheduler.newMonitor("throttle of " + name);
    }

    /** Waits for the end of the rest; false at once when that is behind the deadline. */
    boolean awaitTurn(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            while (now() < restUntil) {
                if (restUntil > deadlineNanos) {
                    return false;
                }
                monitor.await(() -> false, restUntil);
            }
            return true;
        }
    }

    /** The provider asked us to slow down. Calls that were under way together count once. */
    void slowDown() {
        try (Monitor.Hold hold = monitor.enter()) {
            if (now() >= restUntil) {
                restUntil = now() + nextRest.toNanos();
                Duration doubled = nextRest.multipliedBy(2);
                nextRest = doubled.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : doubled;
            }
        }
    }

    void wentWell() {
        try (Monitor.Hold hold = monitor.enter()) {
            if (now() >= restUntil) {
                nextRest = FIRST_REST;
            }
        }
    }

    private long now() {
        return scheduler.clock().monotonicNanos();
    }
}
