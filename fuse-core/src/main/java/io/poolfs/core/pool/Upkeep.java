package io.poolfs.core.pool;

import io.poolfs.core.cache.Images;
import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.stage.Spill;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import io.poolfs.core.upkeep.Compactor;
import io.poolfs.core.upkeep.GarbageCollector;
import io.poolfs.core.upkeep.Reaper;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work that nobody asks for: reaping orphans, tidying the spill, collecting garbage, compacting. One task, until it is closed. */
public final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration COLLECT_EVERY = Duration.ofMinutes(10);
    private static final Duration CHECKPOINT_WITHIN = Duration.ofMinutes(10);

    private final Scheduler scheduler;
    private final PoolJournal journal;
    private final Reaper reaper;
    private final Collectors collectors;
    private final Spill spill;
    private final Images images;
    private final Compactor compactor;
    private final NotingStager noting;
    private final Monitor monitor;
    private final Monitor collecting;
    private boolean closed;
    private @Nullable Task task;

    /** Makes a collector with a grace of its own. */
    @FunctionalInterface
    interface Collectors {
        GarbageCollector withGrace(Duration grace);
    }

    private final GarbageCollector usual;

    Upkeep(
            Scheduler scheduler,
            PoolJournal journal,
            Reaper reaper,
            Collectors collectors,
            Duration grace,
            Spill spill,
            Images images,
            Compactor compactor,
            NotingStager noting) {
        this.scheduler = scheduler;
        this.journal = journal;
        this.reaper = reaper;
        this.collectors = collectors;
        this.usual = collectors.withGrace(grace);
        this.spill = spill;
        this.images = images;
        this.compactor = compactor;
        this.noting = noting;
        this.monitor = scheduler.newMonitor("upkeep");
        this.collecting = scheduler.newMonitor("collect garbage");
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
        reaper.reap();
        // Garbage may go when two checkpoints have seen it dropped.
        for (int i = 0; i < 2; i++) {
            journal.checkpoint(scheduler.deadlineAfter(CHECKPOINT_WITHIN));
        }
        try (Monitor.Hold hold = collecting.enter()) {
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
