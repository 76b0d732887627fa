package io.poolfs.core.pool;

import io.poolfs.core.cache.Images;
import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.stage.Spill;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import io.poolfs.core.upkeep.Compactor;
import io.poolfs.core.upkeep.GarbageCollector;
import io.poolfs.core.upkeep.Reaper;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work that nobody asks for: reaping orphans, tidying the spill, collecting garbage, compacting. One task, until it is closed. */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration COLLECT_EVERY = Duration.ofMinutes(10);
    private static final Duration CHECKPOINT_WITHIN = Duration.ofMinutes(10);

    /** A round that freed nothing is not repeated sooner. */
    private static final Duration RECLAIM_AGAIN = Duration.ofSeconds(5);

    /** A write waits for it. */
    private static final Duration RECLAIM_WITHIN = Duration.ofSeconds(30);

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final PoolJournal journal;
    private final Reaper reaper;
    private final Collectors collectors;
    private final Spill spill;
    private final Images images;
    private final Compactor compactor;
    private final NotingStager noting;
    private final BooleanSupplier uploading;
    private final Monitor monitor;
    private final Monitor collecting;
    private final Monitor reclaiming;
    private boolean closed;

    // With `reclaiming` held:
    private long nextReclaimNanos = Long.MIN_VALUE;
    private long freedAtNanos = Long.MIN_VALUE;

    private @Nullable Task task;

    /** Makes a collector with a grace of its own. */
    @FunctionalInterface
    interface Collectors {
        GarbageCollector withGrace(Duration grace);
    }

    private final GarbageCollector usual;

    Upkeep(
            Scheduler scheduler,
            Metadata metadata,
            PoolJournal journal,
            Reaper reaper,
            Collectors collectors,
            Duration grace,
            Spill spill,
            Images images,
            Compactor compactor,
            NotingStager noting,
            BooleanSupplier uploading) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.journal = journal;
        this.reaper = reaper;
        this.collectors = collectors;
        this.usual = collectors.withGrace(grace);
        this.spill = spill;
        this.images = images;
        this.compactor = compactor;
        this.noting = noting;
        this.uploading = uploading;
        this.monitor = scheduler.newMonitor("upkeep");
        this.collecting = scheduler.newMonitor("collect garbage");
        this.reclaiming = scheduler.newMonitor("make room");
    }

    void start() {
        try (Monitor.Hold hold = monitor.enter()) {
            task = scheduler.start("upkeep", this::run);
        }
    }

    /**
     * Frees what can be freed at once: reaps, writes a checkpoint so that what was dropped before it may go, and
     * collects without the grace.
     */
    public GarbageCollector.Round collectNow() throws PoolException {
        return collectNow(scheduler.deadlineAfter(CHECKPOINT_WITHIN));
    }

    private GarbageCollector.Round collectNow(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = collecting.enter()) {
            journal.awaitShipped(metadata.lastTransaction(), deadlineNanos);
            reaper.reap();
            spill.tidy(images);
            letGarbageGo(deadlineNanos);
            GarbageCollector now = collectors.withGrace(Duration.ZERO);
            GarbageCollector.Round first = now.collect();
            GarbageCollector.Round second = now.collect();
            return new GarbageCollector.Round(
                    first.deletedChunks() + second.deletedChunks(),
                    first.deletedBytes() + second.deletedBytes(),
                    second.failed(),
                    second.waiting());
        }
    }

    /** Garbage may go when two checkpoints have seen it dropped. */
    private void letGarbageGo(long deadlineNanos) throws PoolException {
        long dropped = lastDrop();
        if (dropped > journal.checkpointedTransaction()) {
            journal.checkpoint(deadlineNanos);
        }
        if (dropped > journal.checkpointedTransaction()) {
            // A second one only stands where there is something new: that the root is as it is.
            metadata.alter(writer -> {
                Inode root = writer.inode(Inode.ROOT);
                if (root != null) {
                    writer.apply(new Op.SetAttributes(root.number(), null, null, null, null, null, root.changeNanos()));
                }
            });
            journal.checkpoint(deadlineNanos);
        }
    }

    /** The transaction that made the newest garbage; 0 when there is none. */
    private long lastDrop() throws PoolException {
        AtomicLong last = new AtomicLong();
        metadata.look(reader -> reader.garbage(garbage -> {
            last.accumulateAndGet(garbage.transaction(), Math::max);
            return true;
        }));
        return last.get();
    }

    private boolean hasGarbage() throws PoolException {
        AtomicBoolean any = new AtomicBoolean(lastDrop() > 0);
        metadata.look(reader -> reader.orphans(orphan -> {
            any.set(true);
            return false;
        }));
        return any.get();
    }

    /**
     * For writes that find no room: what was deleted goes now, whatever the grace; where nothing can go, uploads under
     * way are waited for. One round for all who ask at a time.
     *
     * @return whether anything may have come free
     */
    boolean makeRoom() throws PoolException {
        long asked = scheduler.clock().monotonicNanos();
        try (Monitor.Hold hold = reclaiming.enter()) {
            if (freedAtNanos > asked) {
                return true;
            }
            if (journal.fenced() != null) {
                return false;
            }
            if (scheduler.clock().monotonicNanos() >= nextReclaimNanos) {
                if (hasGarbage()
                        && collectNow(scheduler.deadlineAfter(RECLAIM_WITHIN)).deletedChunks() > 0) {
                    freedAtNanos = scheduler.clock().monotonicNanos();
                    return true;
                }
                nextReclaimNanos = scheduler.deadlineAfter(RECLAIM_AGAIN);
            }
            return awaitUploads();
        } catch (PoolException e) {
            LOG.info("nothing could be freed for a write that needs room: {}", e.getMessage());
            return false;
        }
    }

    /** Bytes under way count as staged and as used until they have arrived. */
    private boolean awaitUploads() throws PoolException {
        if (!uploading.getAsBoolean()) {
            return false;
        }
        long deadlineNanos = scheduler.deadlineAfter(RECLAIM_WITHIN);
        while (uploading.getAsBoolean() && scheduler.clock().monotonicNanos() < deadlineNanos) {
            boolean unused = reclaiming.await(() -> false, scheduler.deadlineAfter(LOOK_EVERY));
        }
        return true;
    }

    /** One round with the usual grace. */
    public GarbageCollector.Round collect() throws PoolException {
        try (Monitor.Hold hold = collecting.enter()) {
            return usual.collect();
        }
    }

    private void run() {
        long collectAtNanos = scheduler.deadlineAfter(COLLECT_EVERY);
        while (!pause()) {
            try {
                if (journal.fenced() != null) {
                    continue;
                }
                journal.noteShipped();
                reaper.reap();
                spill.tidy(images);
                noting.tidy();
                if (journal.epoch() > 0 && scheduler.clock().monotonicNanos() >= collectAtNanos) {
                    collectAtNanos = scheduler.deadlineAfter(COLLECT_EVERY);
                    collect();
                    compact();
                }
            } catch (PoolException e) {
                LOG.info("upkeep goes on later: {}", e.getMessage());
            }
        }
    }

    private void compact() throws PoolException {
        while (!isClosed() && compactor.compact(this::isClosed).emptiedChunks() > 0) {
            LOG.debug("upkeep emptied packs that were mostly garbage");
        }
    }

    private boolean isClosed() {
        try (Monitor.Hold hold = monitor.enter()) {
            return closed;
        }
    }

    private boolean pause() {
        try (Monitor.Hold hold = monitor.enter()) {
            return monitor.await(() -> closed, scheduler.deadlineAfter(EVERY));
        } catch (PoolException e) {
            return true;
        }
    }

    @Override
    public void close() {
        Task running;
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            running = task;
            monitor.signalAll();
        }
        if (running != null) {
            try {
                running.join(scheduler.deadlineAfter(Duration.ofSeconds(30)));
            } catch (PoolException e) {
                LOG.warn("upkeep did not end: {}", e.getMessage());
            }
        }
    }
}
