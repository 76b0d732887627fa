package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;

/**
 * How many transfers of one direction a remote gets at a time. One slot more is open to small transfers only: a journal
 * segment or a first byte must not wait behind chunks. Usable from any thread.
 */
final class Slots {
    private final Monitor monitor;
    private final String what;

    @GuardedByMonitor("monitor")
    private int limit;

    @GuardedByMonitor("monitor")
    private int taken;

    @GuardedByMonitor("monitor")
    private int waiting;

    Slots(Scheduler scheduler, String what, int limit) {
        this.monitor = scheduler.newMonitor(what);
        this.what = what;
        this.limit = limit;
    }

    /** A taken slot; closing gives it back. */
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits for a slot; TIMEOUT at the deadline. */
    Slot take(boolean small, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            waiting++;
            boolean free;
            try {
                free = monitor.await(() -> taken < limit + (small ? 1 : 0), deadlineNanos);
            } finally {
                waiting--;
            }
            if (!free) {
                throw new PoolException(Reason.TIMEOUT, what + ": all " + limit + " slots stayed busy");
            }
            taken++;
        }
        return this::give;
    }

    int taken() {
        try (Monitor.Hold hold = monitor.enter()) {
            return taken;
        }
    }

    int waiting() {
        try (Monitor.Hold hold = monitor.enter()) {
            return waiting;
        }
    }

    void setLimit(int newLimit) {
        try (Monitor.Hold hold = monitor.enter()) {
            limit = newLimit;
            monitor.signalAll();
        }
    }

    private void give() {
        try (Monitor.Hold hold = monitor.enter()) {
            taken--;
            monitor.signalAll();
        }
    }
}
