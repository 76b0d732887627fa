package io.poolfs.core.journal;

import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of the journal to one member: a task that puts what the member lacks, in order. What the member holds is
 * listed at the start and again after every failure, never remembered.
 *
 * <pre>
 * unknown ──list──▶ listed ──put missing segments, then checkpoints, then prune──▶ idle
 *    ▲                                    │
 *    └────────── wait ◀──── failure ──────┘
 * </pre>
 */
final class MemberLine {
    private static final Logger LOG = LoggerFactory.getLogger(MemberLine.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Scheduler scheduler;
    private final Monitor monitor;
    private final Cargo cargo;
    private final Op.Member member;
    private final MemberStores stores;

    @GuardedByMonitor("monitor")
    private boolean listed;

    /** Every segment of the chain up to here is on the member, as far as it was listed or acknowledged. */
    @GuardedByMonitor("monitor")
    private long heldThrough = -1;

    @GuardedByMonitor("monitor")
    private int failures;

    @GuardedByMonitor("monitor")
    private long retryAtNanos;

    /** True from a failure until nothing is left to do: what was put may be there although listings do not show it. */
    @GuardedByMonitor("monitor")
    private boolean careful;

    @GuardedByMonitor("monitor")
    private long prunedThrough;

    @GuardedByMonitor("monitor")
    private boolean poked;

    @GuardedByMonitor("monitor")
    private boolean stopped;

    @GuardedByMonitor("monitor")
    private final Set<String> checkpoints = new HashSet<>();

    @GuardedByMonitor("monitor")
    private @Nullable PoolException lastError;

    private @Nullable Task task;

    /** Segment sizes as listed. Touched by the task alone. */
    private final Map<String, Long> segments = new HashMap<>();

    MemberLine(Scheduler scheduler, Monitor monitor, Cargo cargo, Op.Member member, MemberStores stores) {
        this.scheduler = scheduler;
        this.monitor = monitor;
        this.cargo = cargo;
        this.member = member;
        this.stores = stores;
    }

    /** Starts the task; it ends at {@link #stop}. */
    void start() {
        task = scheduler.start("ship to " + member.name(), this::run);
    }

    void join(long deadlineNanos) throws PoolException {
        Task running = task;
        if (running != null) {
            running.join(deadlineNanos);
        }
    }

    RemoteId id() {
        return member.remote();
    }

    // With the monitor held:

    void stop() {
        stopped = true;
    }

    /** Someone waits: try again now in place of waiting. */
    void poke() {
        poked = true;
    }

    /** The last transaction up to which the member holds all segments; -1 while that is not known. */
    long heldThrough() {
        return listed ? heldThrough : -1;
    }

    boolean holdsCheckpoint(String name) {
        return listed && checkpoints.contains(name);
    }

    @Nullable
    PoolException lastError() {
        return lastError;
    }

    String memberName() {
        return member.name();
    }

    // On the task:

    private void run() throws PoolException {
        while (awaitWork()) {
            try {
                RemoteStore store = stores.find(member.remote());
                if (store == null) {
                    throw new PoolException(
                            Reason.REMOTE_MISSING, "member " + member.name() + " is not among the remotes");
                }
                step(store);
                try (Monitor.Hold hold = monitor.enter()) {
                    failures = 0;
                    lastError = null;
                    monitor.signalAll();
                }
            } catch (PoolException e) {
                failed(e);
            }
        }
    }

    private void failed(PoolException e) {
        LOG.debug("shipping to {}: {}", member.name(), e.getMessage());
        try (Monitor.Hold hold = monitor.enter()) {
            listed = false;
            careful = true;
            lastError = e;
            Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures++, 6));
            retryAtNanos = scheduler.deadlineAfter(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
            monitor.signalAll();
        }
    }

    private boolean awaitWork() throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (failures > 0) {
                boolean unused = monitor.await(() -> stopped || poked, retryAtNanos);
            }
            careful &= !listed || nextWork() != null;
            boolean unused = monitor.await(() -> stopped || !listed || nextWork() != null, Long.MAX_VALUE);
            poked = false;
            return !stopped;
        }
    }

    private @Nullable Work nextWork() {
        ChainEntry entry = cargo.chain().next(heldThrough);
        if (entry != null) {
            return store -> putSegment(store, entry);
        }
        for (KeptCheckpoint kept : cargo.checkpoints()) {
            if (!checkpoints.contains(kept.name())) {
                return store -> putCheckpoint(store, kept);
            }
        }
        long through = cargo.pruneThrough();
        return through > prunedThrough ? store -> prune(store, through) : null;
    }

    private void step(RemoteStore store) throws PoolException {
        Work work;
        try (Monitor.Hold hold = monitor.enter()) {
            work = listed ? nextWork() : this::list;
        }
        if (work != null) {
            work.run(store);
        }
    }

    private void list(RemoteStore store) throws PoolException {
        Layout layout = cargo.layout();
        segments.clear();
        Set<NumberedName> folders = new HashSet<>();
        for (ChainEntry entry : cargo.chain().all()) {
            if (folders.add(entry.end().folder())) {
                listSegments(store, entry.end().folder());
            }
        }
        Map<String, Long> found = new HashMap<>();
        for (RemoteStore.Entry entry : store.list(layout.checkpointFolder())) {
            found.merge(entry.name(), entry.sizeBytes(), Math::max);
        }
        cargo.introduce(store);
        try (Monitor.Hold hold = monitor.enter()) {
            checkpoints.clear();
            for (KeptCheckpoint kept : cargo.checkpoints()) {
                if (found.getOrDefault(kept.name(), -1L) == kept.sizeBytes()) {
                    checkpoints.add(kept.name());
                }
            }
            heldThrough = cargo.chain().start();
            listed = true;
        }
    }

    private void listSegments(RemoteStore store, NumberedName folder) throws PoolException {
        String name = cargo.layout().segmentFolder(folder.number(), folder.owner());
        for (RemoteStore.Entry entry : store.list(name)) {
            segments.merge(name + "/" + entry.name(), entry.sizeBytes(), Math::max);
        }
    }

    private void putSegment(RemoteStore store, ChainEntry entry) throws PoolException {
        String object = entry.object(cargo.layout());
        if (segments.getOrDefault(object, -1L) != entry.sizeBytes()) {
            put(store, object, entry.path(), entry.sizeBytes());
            segments.put(object, entry.sizeBytes());
        }
        try (Monitor.Hold hold = monitor.enter()) {
            heldThrough = entry.end().last();
        }
    }

    private void putCheckpoint(RemoteStore store, KeptCheckpoint kept) throws PoolException {
        put(store, kept.object(cargo.layout()), kept.path(), kept.sizeBytes());
        try (Monitor.Hold hold = monitor.enter()) {
            checkpoints.add(kept.name());
        }
    }

    private void prune(RemoteStore store, long through) throws PoolException {
        Layout layout = cargo.layout();
        for (RemoteStore.Entry entry : store.list(layout.checkpointFolder())) {
            NumberedName name = NumberedName.parse(entry.name());
            if (name != null && name.number() < through) {
                store.delete(layout.checkpointFolder() + "/" + entry.name());
            }
        }
        for (Map.Entry<NumberedName, Long> history : cargo.chain().ends().entrySet()) {
            String folder = layout.segmentFolder(
                    history.getKey().number(), history.getKey().owner());
            // Behind the end of an epoch's part of history its segments are void; those stay.
            long last = Math.min(through, history.getValue());
            for (RemoteStore.Entry entry : store.list(folder)) {
                long first = NumberedName.number(entry.name());
                if (first > 0 && first <= last) {
                    store.delete(folder + "/" + entry.name());
                    segments.remove(folder + "/" + entry.name());
                }
            }
        }
        try (Monitor.Hold hold = monitor.enter()) {
            prunedThrough = through;
        }
    }

    /** A put whose acknowledgement was lost may have been done, and a listing may lag: asked by exact name. */
    private void put(RemoteStore store, String object, Path source, long sizeBytes) throws PoolException {
        boolean again;
        try (Monitor.Hold hold = monitor.enter()) {
            again = careful;
        }
        if (again) {
            OptionalLong size = store.size(object);
            if (size.isPresent() && size.getAsLong() == sizeBytes) {
                return;
            }
        }
        store.put(object, source, sizeBytes);
    }

    @FunctionalInterface
    private interface Work {
        void run(RemoteStore store) throws PoolException;
    }

    /** What all members get. */
    interface Cargo {
        Layout layout();

        Chain chain();

        /** Those that the members must hold, oldest first; called with the monitor held. */
        List<KeptCheckpoint> checkpoints();

        /** Checkpoints below this transaction and segments up to it may go; called with the monitor held. */
        long pruneThrough();

        /** Makes sure that the member knows our epoch. */
        void introduce(RemoteStore store) throws PoolException;
    }
}
