package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets readers through and can be shut for a moment without any. Costs a reader two atomic additions while it is open.
 *
 * <p>A reader announces itself first and looks at the gate second; who shuts it does so first and counts second. So
 * either sees the other.
 */
final class ReaderGate {
    private final Monitor monitor;
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean shut;
    private volatile boolean closed;

    ReaderGate(Scheduler scheduler) {
        this.monitor = scheduler.newMonitor("lmdb reader gate");
    }

    /** Waits while the gate is shut. CLOSED when it will not open again. */
    void enter(Path directory) throws PoolException {
        inside.incrementAndGet();
        while (shut) {
            leave();
            try (Monitor.Hold hold = monitor.enter()) {
                monitor.await(() -> !shut || closed, Long.MAX_VALUE);
            }
            if (closed) {
                throw closed(directory);
            }
            inside.incrementAndGet();
        }
    }

    void leave() {
        if (inside.decrementAndGet() == 0 && shut) {
            try (Monitor.Hold hold = monitor.enter()) {
                monitor.signalAll();
            }
        }
    }

    /** Keeps readers out and waits until none is inside; false, and open again, at the deadline. */
    boolean shut(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            shut = true;
            boolean empty = false;
            try {
                empty = monitor.await(() -> inside.get() == 0, deadlineNanos);
            } finally {
                if (!empty) {
                    openHeld();
                }
            }
            return empty;
        }
    }

    void open() {
        try (Monitor.Hold hold = monitor.enter()) {
            openHeld();
        }
    }

    /** The gate is shut and stays so: readers are refused. */
    void close() {
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            monitor.signalAll();
        }
    }

    static PoolException closed(Path directory) {
        return new PoolException(Reason.CLOSED, "the metadata store " + directory + " is closed");
    }

    private void openHeld() {
        shut = false;
        monitor.signalAll();
    }
}
