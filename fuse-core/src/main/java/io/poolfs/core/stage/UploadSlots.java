package io.poolfs.core.stage;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * The upload slots of each remote and who waits for them, in the order of coming. What somebody waits for, and what is
 * small, counts as if it had come {@link #HEAD_START} earlier: it goes before bulk, and starves nothing. What is both,
 * and very small, needs no slot to become free: one more is its own. Usable from any thread.
 */
final class UploadSlots {
    /** The number of slots and the health of a remote change without telling us. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private static final Duration HEAD_START = Duration.ofSeconds(30);

    /** The store has a slot of its own for these, too. */
    static final long EXPRESS_BYTES = 256 << 10;

    private record Waiter(long cameNanos, long number, boolean express) implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            return cameNanos != other.cameNanos
                    ? Long.compare(cameNanos, other.cameNanos)
                    : Long.compare(number, other.number);
        }
    }

    private static final class Lane {
        final TreeSet<Waiter> waiting = new TreeSet<>();
        int busy;
    }

    private final Scheduler scheduler;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private final Map<RemoteId, Lane> lanes = new HashMap<>();

    @GuardedByMonitor("monitor")
    private long nextNumber;

    UploadSlots(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.monitor = scheduler.newMonitor("stage.slots");
    }

    /** Waits for a slot; false when {@code giveUp} became true first. */
    boolean take(RemoteId remote, IntSupplier slots, boolean urgent, long sizeBytes, BooleanSupplier giveUp)
            throws PoolException {
        int heads = (urgent ? 1 : 0) + (sizeBytes <= StageSettings.PACK_BYTES ? 1 : 0);
        long came = scheduler.clock().monotonicNanos() - heads * HEAD_START.toNanos();
        try (Monitor.Hold hold = monitor.enter()) {
            Lane lane = lanes.computeIfAbsent(remote, key -> new Lane());
            Waiter me = new Waiter(came, nextNumber++, urgent && sizeBytes <= EXPRESS_BYTES);
            lane.waiting.add(me);
            try {
                while (!giveUp.getAsBoolean()) {
                    BooleanSupplier mine = () -> lane.waiting.first().equals(me)
                            && lane.busy < Math.max(1, slots.getAsInt()) + (me.express() ? 1 : 0);
                    if (monitor.await(() -> mine.getAsBoolean() || giveUp.getAsBoolean(), soon())
                            && mine.getAsBoolean()) {
                        lane.busy++;
                        return true;
                    }
                }
                return false;
            } finally {
                lane.waiting.remove(me);
                monitor.signalAll();
            }
        }
    }

    void give(RemoteId remote) {
        try (Monitor.Hold hold = monitor.enter()) {
            Lane lane = lanes.get(remote);
            if (lane != null) {
                lane.busy--;
            }
            monitor.signalAll();
        }
    }

    /** Waits, for what a remote may become; ends early when {@code stop} becomes true and somebody calls {@link #wake}. */
    void pause(Duration pause, BooleanSupplier stop) throws PoolException {
        long deadline = scheduler.deadlineAfter(pause);
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(stop, deadline);
        }
    }

    void wake() {
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.signalAll();
        }
    }

    int inProgress() {
        try (Monitor.Hold hold = monitor.enter()) {
            return lanes.values().stream().mapToInt(lane -> lane.busy).sum();
        }
    }

    private long soon() {
        return scheduler.deadlineAfter(LOOK_AGAIN);
    }
}
