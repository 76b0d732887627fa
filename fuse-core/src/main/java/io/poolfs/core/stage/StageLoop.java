package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what runs when: one task that starts commit runs and uploads ahead, as many at a time as the remotes take
 * uploads.
 */
final class StageLoop {
    private static final Logger LOG = LoggerFactory.getLogger(StageLoop.class);

    /** Pressure and the number of upload slots change without telling us. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** Runs copy and wait for room while others upload. */
    private static final int LANES_AT_LEAST = 4;

    /** Under pressure, smaller dirty parts are committed with others rather than uploaded alone. */
    private static final long WORTH_STREAMING_BYTES = 4L << 20;

    private final Scheduler scheduler;
    private final StageState state;
    private final CommitQueue queue;
    private final CommitRun.Parts parts;
    private final Pressure pressure;
    private final BackOff backOff;

    // Guarded by the state's monitor.
    /** Works of which a part is to be uploaded ahead; true: whatever its size. */
    private final Map<FileWork, Boolean> wishes = new LinkedHashMap<>();

    /** Until when the loop sleeps if nothing changes; MIN_VALUE when it does not. */
    private long asleepUntilNanos = Long.MIN_VALUE;

    private int lanes = LANES_AT_LEAST;
    private int runs;
    private int uploads;
    private boolean ended = true;

    StageLoop(
            Scheduler scheduler,
            StageState state,
            CommitQueue queue,
            CommitRun.Parts parts,
            Pressure pressure,
            BackOff backOff) {
        this.scheduler = scheduler;
        this.state = state;
        this.queue = queue;
        this.parts = parts;
        this.pressure = pressure;
        this.backOff = backOff;
    }

    void start() {
        try (Monitor.Hold hold = state.monitor.enter()) {
            ended = false;
        }
        scheduler.start("stager", this::run);
    }

    boolean isPressed() {
        return pressure.isHigh();
    }

    /** The image has uncommitted content, perhaps enough to upload a part. */
    void modified(Image image) {
        long dirty = image.dirtyBytes();
        FileWork known = state.find(image.inode());
        long streamAt = known == null ? streamAt(new FileWork(image.inode())) : known.streamAtBytes;
        try (Monitor.Hold hold = state.monitor.enter()) {
            if (state.isClosed()) {
                return;
            }
            boolean isNew = state.find(image.inode()) == null;
            FileWork work = state.findOrAdd(image.inode());
            work.image = image;
            if (isNew) {
                work.streamAtBytes = streamAt;
                queue.age(work, now());
            } else if (work.streamAtBytes == Long.MAX_VALUE) {
                work.streamAtBytes = streamAt(work);
            }
            if (dirty >= work.streamAtBytes && !work.streamStarting) {
                wishes.putIfAbsent(work, false);
                state.changed();
            } else if (isNew) {
                nudge();
            }
        }
    }

    /** With the monitor held: the queue has changed. Most of what comes is due later than the loop wakes anyway. */
    void nudge() {
        if (pressure.isHigh() || queue.nextNanos(lanes - runs) < asleepUntilNanos) {
            state.changed();
        }
    }

    void awaitEnd(long deadlineNanos) {
        try {
            state.await(() -> ended && runs == 0 && uploads == 0, deadlineNanos);
        } catch (PoolException e) {
            report("interrupted while the stager was closed", e);
        }
    }

    void report(String what, PoolException e) {
        LOG.warn("stage: {}: {}", what, e.getMessage());
    }

    private void run() throws PoolException {
        try {
            while (!state.isClosed()) {
                step();
            }
        } finally {
            try (Monitor.Hold hold = state.monitor.enter()) {
                ended = true;
                state.changed();
            }
        }
    }

    private void step() throws PoolException {
        int slots = Math.max(LANES_AT_LEAST, parts.placed().uploadSlots());
        if (pressure.isHigh()) {
            relieve();
        }
        List<CommitQueue.Batch> batches = new ArrayList<>();
        Map<FileWork, Boolean> ahead = new LinkedHashMap<>();
        try (Monitor.Hold hold = state.monitor.enter()) {
            long since = state.changes();
            lanes = slots;
            CommitQueue.Batch batch;
            while ((batch = queue.next(now(), lanes - runs)) != null) {
                runs++;
                batches.add(batch);
            }
            for (FileWork work : List.copyOf(wishes.keySet())) {
                if (uploads < lanes + 1 && !work.streamStarting) {
                    ahead.put(work, wishes.remove(work));
                    work.streamStarting = true;
                    uploads++;
                }
            }
            if (batches.isEmpty() && ahead.isEmpty()) {
                asleepUntilNanos = Math.min(queue.nextNanos(lanes - runs), scheduler.deadlineAfter(LOOK_AGAIN));
                try {
                    state.awaitChange(since, asleepUntilNanos);
                } finally {
                    asleepUntilNanos = Long.MIN_VALUE;
                }
            }
        }
        batches.forEach(batch -> scheduler.start("stage commit", () -> commit(batch)));
        ahead.forEach((work, anySize) -> scheduler.start("stage ahead", () -> uploadAhead(work, anySize)));
    }

    private void commit(CommitQueue.Batch batch) {
        try {
            new CommitRun(parts, batch, this::ended).run();
        } finally {
            try (Monitor.Hold hold = state.monitor.enter()) {
                runs--;
                state.changed();
            }
        }
    }

    private void uploadAhead(FileWork work, boolean anySize) {
        boolean[] holdsStart = {true};
        Image image = work.image;
        try {
            if (image != null && !work.retired) {
                parts.streams().uploadOne(work, image, anySize, any -> {
                    holdsStart[0] = false;
                    sealedAhead(work, image, any);
                });
                succeeded(work);
            }
        } catch (PoolException e) {
            report("upload ahead of inode " + work.inode, e);
            holdsStart[0] = true;
            rest(work);
        } finally {
            long dirty = image == null ? 0 : image.dirtyBytes();
            try (Monitor.Hold hold = state.monitor.enter()) {
                uploads--;
                if (holdsStart[0]) {
                    work.streamStarting = false;
                }
                if (work.streamFailures > 0 && dirty >= work.streamAtBytes && !work.retired) {
                    wishes.putIfAbsent(work, false);
                }
                state.changed();
            }
        }
    }

    /**
     * The part is sealed: the next one may begin while it is uploaded. Where there was none, the dirty bytes are
     * scattered: there is no use in looking again before there are more.
     */
    private void sealedAhead(FileWork work, Image image, boolean any) {
        long dirty = image.dirtyBytes();
        long streamAt = any ? streamAt(work) : dirty + streamAt(work);
        try (Monitor.Hold hold = state.monitor.enter()) {
            work.streamStarting = false;
            work.streamAtBytes = streamAt;
            if (dirty >= streamAt && !work.retired) {
                wishes.putIfAbsent(work, false);
            }
            state.changed();
        }
    }

    private void succeeded(FileWork work) {
        try (Monitor.Hold hold = state.monitor.enter()) {
            work.streamFailures = 0;
        }
    }

    /** A local failure comes back at once: the work's next part waits as well, longer each time. */
    private void rest(FileWork work) {
        int failures;
        try (Monitor.Hold hold = state.monitor.enter()) {
            failures = ++work.streamFailures;
            work.streamStarting = true;
            wishes.remove(work);
        }
        try {
            parts.uploader().rest(failures, state::isClosed);
        } catch (PoolException e) {
            report("interrupted", e);
        }
    }

    /** Dirty bytes fill the budget: the largest goes ahead of its commit, small ones are committed before their time. */
    private void relieve() {
        FileWork largest = null;
        long most = 0;
        long worth = Math.min(WORTH_STREAMING_BYTES, parts.chunker().chunkSizeBytes() / 4);
        List<FileWork> small = new ArrayList<>();
        for (FileWork work : state.works()) {
            Image image = work.image;
            if (image == null || work.streamStarting || work.place == FileWork.Place.RUNNING) {
                continue;
            }
            long dirty = image.dirtyBytes();
            boolean mayCommit = !image.content().truncatedWhileOpen();
            if (dirty > 0 && dirty < worth && mayCommit) {
                small.add(work);
            } else if (dirty > most) {
                most = dirty;
                largest = work;
            }
        }
        try (Monitor.Hold hold = state.monitor.enter()) {
            if (largest != null && !largest.retired) {
                wishes.put(largest, true);
            }
            for (FileWork work : small) {
                Image image = work.image;
                if (work.place == FileWork.Place.AGING && !work.retired && image != null) {
                    queue.due(work, FileWork.bytesOf(image), false, now());
                }
            }
        }
    }

    private void ended(FileWork work, CommitRun.Outcome outcome, long transaction, @Nullable PoolException cause) {
        Image image = work.image;
        long bytes = FileWork.bytesOf(image);
        long streamAt = streamAt(work);
        try (Monitor.Hold hold = state.monitor.enter()) {
            if (work.retired) {
                return;
            }
            boolean modified = image != null && image.content().modified();
            work.sealedGeneration = -1;
            work.streamAtBytes = streamAt;
            queue.ended(work);
            switch (outcome) {
                case DONE -> {
                    work.failures = 0;
                    work.trouble = null;
                    work.cuts = 0;
                    work.lastTransaction = Math.max(work.lastTransaction, transaction);
                    work.answered = modified ? Math.max(work.answered, work.covered) : work.requests;
                    work.urgent = work.requests > work.answered;
                    goOn(work, modified, bytes);
                }
                case DEFERRED -> {
                    work.urgent = work.requests > work.answered;
                    goOn(work, true, bytes);
                }
                case AGAIN -> queue.due(work, bytes, work.urgent, now());
                case FAILED -> {
                    work.failures++;
                    work.trouble = cause;
                    queue.pause(
                            work,
                            now()
                                    + backOff.pause(work.failures, scheduler.random())
                                            .toNanos(),
                            now());
                }
                case GONE -> {
                    work.answered = Long.MAX_VALUE;
                    queue.remove(work);
                    state.retire(work);
                }
            }
            state.changed();
        }
        if (outcome == CommitRun.Outcome.FAILED && cause != null) {
            report("inode " + work.inode + " is not committed yet", cause);
        }
        // A writer that saw the work just before it left relied on it.
        if (outcome == CommitRun.Outcome.DONE
                && work.retired
                && image != null
                && image.content().modified()) {
            modified(image);
        }
    }

    private void goOn(FileWork work, boolean modified, long bytes) {
        if (!modified) {
            queue.remove(work);
            state.retire(work);
        } else if (work.urgent || work.dueAfterRun) {
            queue.due(work, bytes, work.urgent, now());
            work.sinceNanos = now();
        } else {
            queue.age(work, now());
        }
    }

    private long streamAt(FileWork work) {
        try {
            return parts.streams().wantedBytes(work);
        } catch (PoolException e) {
            return 2 * parts.chunker().chunkSizeBytes();
        }
    }

    private long now() {
        return scheduler.clock().monotonicNanos();
    }
}
