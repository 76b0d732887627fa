package io.poolfs.core.fetch;

import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that fetch ahead of readers: a bounded number, and of each remote no more units at a time than it takes in
 * parallel, so that one remote's units do not keep the others' waiting; a remote without any may always have one. What
 * lies nearest to its reader goes first. Usable from any thread.
 */
final class AheadTasks {
    private final Scheduler scheduler;
    private final FetchSettings settings;
    private final Consumer<FetchUnit> run;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private final Deque<FetchUnit> queue = new ArrayDeque<>();

    @GuardedByMonitor("monitor")
    private final Map<RemoteId, Integer> busy = new HashMap<>();

    @GuardedByMonitor("monitor")
    private int tasks;

    @GuardedByMonitor("monitor")
    private boolean closed;

    /** {@code run}: runs a unit that was claimed. */
    AheadTasks(Scheduler scheduler, FetchSettings settings, Consumer<FetchUnit> run) {
        this.scheduler = scheduler;
        this.settings = settings;
        this.run = run;
        this.monitor = scheduler.newMonitor("fetch ahead");
    }

    void submit(List<FetchUnit> units) {
        int starts;
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed) {
                return;
            }
            queue.addAll(units);
            starts = Math.max(0, Math.min(units.size(), settings.maxTasks() - tasks));
            if (starts == 0 && units.stream().anyMatch(unit -> mayRun(unit.from))) {
                starts = 1; // those that run may all wait for remotes that hang
            }
            tasks += starts;
        }
        for (int i = 0; i < starts; i++) {
            scheduler.start("fetch", this::work);
        }
    }

    void close() {
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            queue.clear();
        }
    }

    private void work() {
        FetchUnit unit = next(null);
        while (unit != null) {
            boolean ended = false;
            try {
                run.accept(unit);
                ended = true;
            } finally {
                if (!ended) {
                    died(unit);
                }
            }
            unit = next(unit);
        }
    }

    private void died(FetchUnit unit) {
        try (Monitor.Hold hold = monitor.enter()) {
            free(unit);
            tasks--;
        }
    }

    @GuardedByMonitor("monitor")
    private void free(FetchUnit unit) {
        if (unit.from != null) {
            busy.merge(unit.from, -1, Integer::sum);
        }
    }

    /** The next unit that may run, claimed; null ends the task. {@code done}: the one that it ran before. */
    private @Nullable FetchUnit next(@Nullable FetchUnit done) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (done != null) {
                free(done);
            }
            FetchUnit unit = nearest();
            while (unit != null) {
                queue.remove(unit);
                if (unit.fetches.claim(unit)) {
                    if (unit.from != null) {
                        busy.merge(unit.from, 1, Integer::sum);
                    }
                    return unit;
                }
                unit = nearest();
            }
            tasks--;
            return null;
        }
    }

    /** Of all that may run, what its reader needs first: so readers share a remote, and the slow one is not kept waiting. */
    @GuardedByMonitor("monitor")
    private @Nullable FetchUnit nearest() {
        FetchUnit nearest = null;
        long least = Long.MAX_VALUE;
        for (Iterator<FetchUnit> each = queue.iterator(); each.hasNext(); ) {
            FetchUnit unit = each.next();
            if (!unit.fetches.isWaiting(unit) || unit.fetches.dropOutOfReach(unit)) {
                each.remove();
            } else if (mayRun(unit.from) && unit.distance() < least) {
                nearest = unit;
                least = unit.distance();
            }
        }
        return nearest;
    }

    @GuardedByMonitor("monitor")
    private boolean mayRun(@Nullable RemoteId from) {
        if (from == null) {
            return tasks <= settings.maxTasks();
        }
        int units = busy.getOrDefault(from, 0);
        return units == 0 || (units < settings.unitsPerRemote() && tasks <= settings.maxTasks());
    }
}
