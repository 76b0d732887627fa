package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is being fetched into one image: units that do not overlap, so that no byte is asked for twice at a time. Usable
 * from any thread.
 */
final class ImageFetches {
    private static final int BLOCK = Image.BLOCK_BYTES;

    private final Image image;
    private final Monitor monitor;
    private final Buffers buffers;

    @GuardedByMonitor("monitor")
    private final NavigableMap<Long, FetchUnit> units = new TreeMap<>();

    /** Streams and calls that hold it. Guarded by the map that holds this. */
    int holders;

    ImageFetches(Image image, Monitor monitor, Buffers buffers) {
        this.image = image;
        this.buffers = buffers;
        this.monitor = monitor;
    }

    Image image() {
        return image;
    }

    /** The unit that covers the offset, used by one more until {@link #leave}; a new one, if need be, up to the end. */
    FetchUnit use(long offset, long start, long end, boolean keepsHoles, @Nullable Track by) {
        try (Monitor.Hold hold = monitor.enter()) {
            FetchUnit unit = covering(offset);
            if (unit == null) {
                Map.Entry<Long, FetchUnit> before = units.floorEntry(offset);
                Long next = units.higherKey(offset);
                long from = before == null ? start : Math.max(start, before.getValue().end);
                long to = next == null ? end : Math.min(end, next);
                unit = new FetchUnit(this, from, to, offset, keepsHoles, null, by);
                units.put(from, unit);
            } else if (unit.owner != by) {
                unit.owner = null;
            }
            unit.users++;
            unit.abandoned = false;
            return unit;
        }
    }

    @GuardedByMonitor("monitor")
    private @Nullable FetchUnit covering(long offset) {
        Map.Entry<Long, FetchUnit> entry = units.floorEntry(offset);
        return entry != null && entry.getValue().covers(offset) ? entry.getValue() : null;
    }

    /** Adds units for what of [start, end) none covers yet; whole blocks. */
    List<FetchUnit> add(long start, long end, @Nullable RemoteId from, @Nullable Track owner) {
        List<FetchUnit> added = new ArrayList<>();
        try (Monitor.Hold hold = monitor.enter()) {
            long at = start - start % BLOCK;
            while (at < end) {
                FetchUnit there = covering(at);
                if (there != null) {
                    at = there.end;
                    continue;
                }
                Long next = units.higherKey(at);
                long to = Math.min(next == null ? Long.MAX_VALUE : next, (end + BLOCK - 1) / BLOCK * BLOCK);
                FetchUnit unit = new FetchUnit(this, at, to, at, false, from, owner);
                units.put(at, unit);
                added.add(unit);
                at = to;
            }
        }
        return added;
    }

    /** Whether the caller is the one to run it. */
    boolean claim(FetchUnit unit) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (unit.state != FetchUnit.State.WAITING) {
                return false;
            }
            unit.state = FetchUnit.State.RUNNING;
            return true;
        }
    }

    boolean isWaiting(FetchUnit unit) {
        try (Monitor.Hold hold = monitor.enter()) {
            return unit.state == FetchUnit.State.WAITING;
        }
    }

    void ready(FetchUnit unit, FetchUnit.Outcome outcome) {
        try (Monitor.Hold hold = monitor.enter()) {
            unit.outcome = outcome;
            unit.state = FetchUnit.State.READY;
            monitor.signalAll();
        }
    }

    void ended(FetchUnit unit) {
        try (Monitor.Hold hold = monitor.enter()) {
            end(unit);
        }
    }

    @GuardedByMonitor("monitor")
    private void end(FetchUnit unit) {
        unit.state = FetchUnit.State.ENDED;
        units.remove(unit.start, unit);
        monitor.signalAll();
        closeIfUnused(unit);
    }

    /** Waits until something can be copied or is known not to come. */
    FetchUnit.Outcome await(FetchUnit unit) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> unit.outcome != null, Long.MAX_VALUE);
            return unit.outcome == null ? FetchUnit.Outcome.nothing() : unit.outcome;
        }
    }

    /** Waits until the unit is in the image, as far as it goes there. */
    void awaitEnd(FetchUnit unit) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> unit.state == FetchUnit.State.ENDED, Long.MAX_VALUE);
        }
    }

    void leave(FetchUnit unit) {
        try (Monitor.Hold hold = monitor.enter()) {
            unit.users--;
            closeIfUnused(unit);
        }
    }

    @GuardedByMonitor("monitor")
    private void closeIfUnused(FetchUnit unit) {
        FetchUnit.Outcome outcome = unit.outcome;
        if (unit.users == 0 && unit.state == FetchUnit.State.ENDED && outcome != null && outcome.landing() != null) {
            outcome.landing().close();
            buffers.giveBack(outcome.bytes());
            unit.outcome = null;
        }
    }

    /** What was planned for this run alone is not needed any more. What is under way is broken off. */
    void cancel(Track track) {
        try (Monitor.Hold hold = monitor.enter()) {
            for (FetchUnit unit : List.copyOf(units.values())) {
                if (unit.owner == track && unit.users == 0) {
                    drop(unit);
                }
            }
        }
    }

    /** Whether it is gone because its reader does not come so far soon; who plans for him goes on from there. */
    boolean dropOutOfReach(FetchUnit unit) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (unit.state == FetchUnit.State.WAITING && unit.users == 0 && unit.isOutOfReach()) {
                drop(unit);
                return true;
            }
            return false;
        }
    }

    @GuardedByMonitor("monitor")
    private void drop(FetchUnit unit) {
        if (unit.state == FetchUnit.State.WAITING) {
            unit.outcome = FetchUnit.Outcome.nothing();
            end(unit);
        } else if (unit.state == FetchUnit.State.RUNNING) {
            unit.abandoned = true;
        }
    }
}
