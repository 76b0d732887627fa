package io.poolfs.core.stage;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The room of chunk files in the byte budget. Usable from any thread.
 *
 * <p>Dirty bytes may fill the whole staged share, and only copying them into chunk files makes them leave. So one chunk
 * at a time may be taken from the clean part of the budget instead, from where eviction gives it back.
 */
final class ChunkRoom {
    /** Others give back to the budget without telling us. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Scheduler scheduler;
    private final Budget budget;
    private final long sureBytes;
    private final long limitBytes;
    private final Monitor monitor;

    /** Changed with the monitor held. */
    private final AtomicLong takenBytes = new AtomicLong();

    ChunkRoom(Scheduler scheduler, Budget budget, long chunkSizeBytes) {
        this.scheduler = scheduler;
        this.budget = budget;
        this.sureBytes = chunkSizeBytes;
        // Writers keep half of the share whatever the remotes do.
        this.limitBytes = Math.max(chunkSizeBytes, budget.stagedLimitBytes() / 2);
        this.monitor = scheduler.newMonitor("stage.room");
    }

    /** Waits until there is room; CANCELLED when {@code stop} says so. */
    Share take(long bytes, BooleanSupplier stop) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            while (true) {
                if (stop.getAsBoolean()) {
                    throw new PoolException(Reason.CANCELLED, "room for a chunk of " + bytes + " bytes is not needed");
                }
                if (tryTake(bytes)) {
                    return new Share(bytes);
                }
                long before = takenBytes.get();
                monitor.await(
                        () -> takenBytes.get() < before || stop.getAsBoolean(), scheduler.deadlineAfter(LOOK_AGAIN));
            }
        }
    }

    /** What chunk files take now. */
    long takenBytes() {
        return takenBytes.get();
    }

    /** Lets those who wait look at their stop again. */
    void wake() {
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.signalAll();
        }
    }

    private boolean tryTake(long bytes) {
        try (Monitor.Hold hold = monitor.enter()) {
            long taken = takenBytes.get();
            boolean alone = taken == 0;
            if (!alone && taken + bytes > limitBytes) {
                return false;
            }
            if (!budget.tryReserve(Budget.Use.STAGED, bytes)) {
                if ((taken + bytes > sureBytes && !alone) || !budget.tryReserve(Budget.Use.CLEAN, bytes)) {
                    return false;
                }
                budget.convert(Budget.Use.CLEAN, Budget.Use.STAGED, bytes);
            }
            takenBytes.addAndGet(bytes);
            return true;
        }
    }

    private void give(long bytes) {
        try (Monitor.Hold hold = monitor.enter()) {
            takenBytes.addAndGet(-bytes);
            budget.release(Budget.Use.STAGED, bytes);
            monitor.signalAll();
        }
    }

    /** Room that was taken; closing gives it back, once. One thread at a time. */
    final class Share implements AutoCloseable {
        private long bytes;

        private Share(long bytes) {
            this.bytes = bytes;
        }

        long bytes() {
            return bytes;
        }

        /** Makes it as large as asked if that needs no waiting, or smaller; false when it stayed too small. */
        boolean resize(long wantedBytes) {
            if (wantedBytes > bytes && !tryTake(wantedBytes - bytes)) {
                return false;
            }
            if (wantedBytes < bytes) {
                give(bytes - wantedBytes);
            }
            bytes = wantedBytes;
            return true;
        }

        @Override
        public void close() {
            give(bytes);
            bytes = 0;
        }
    }
}
