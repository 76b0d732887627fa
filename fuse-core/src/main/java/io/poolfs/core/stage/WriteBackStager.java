package io.poolfs.core.stage;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.placement.Placement;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The write-back stager as the engine runs it. Usable from any thread; {@link #start} begins its work, {@link #close}
 * ends it.
 *
 * <p>A commit runs when a file was closed, is awaited (fsync), is older than the stage age, or when dirty bytes fill the
 * budget. Failures are retried with growing pauses for as long as the stager lives.
 */
public final class WriteBackStager implements Stager {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final Images images;
    private final ShippedLog log;
    private final StageState state;
    private final CommitQueue queue;
    private final PlacedChunks placed;
    private final UploadSlots slots;
    private final ChunkRoom room;
    private final ChunkFiles files;
    private final Uploader uploader;
    private final StreamUploads streams;
    private final StageLoop loop;
    private volatile BeforeSeal beforeSeal = inode -> {};

    public WriteBackStager(
            Scheduler scheduler,
            Metadata metadata,
            Images images,
            ShippedLog log,
            LocalFiles localFiles,
            Supplier<List<Remote>> remotes,
            StageSettings settings) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.images = images;
        this.log = log;
        BackOff backOff = new BackOff(settings.retryFirst(), settings.retryLast());
        Budget budget = images.budget();
        this.state = new StageState(scheduler);
        this.queue = new CommitQueue(settings.packBytes(), settings.stageAge(), settings.packWindow());
        this.placed = new PlacedChunks(new Placement(settings.placement()), metadata, remotes, scheduler);
        this.slots = new UploadSlots(scheduler);
        this.room = new ChunkRoom(scheduler, budget, settings.chunkSizeBytes());
        this.files = new ChunkFiles(localFiles, settings.chunkDirectory(), scheduler.random());
        ChunkObjects objects = new ChunkObjects(settings.dataPrefix());
        this.uploader = new Uploader(scheduler, metadata, log, placed, slots, objects, backOff);
        Chunker chunker = new Chunker(settings.chunkSizeBytes());
        this.streams = new StreamUploads(scheduler, state, metadata, room, files, uploader, placed, chunker);
        CommitRun.Parts parts = new CommitRun.Parts(
                scheduler,
                state,
                metadata,
                images,
                room,
                files,
                uploader,
                placed,
                chunker,
                streams,
                inode -> beforeSeal.sealing(inode),
                new Committer(metadata),
                settings.packBytes());
        Pressure pressure = new Pressure(budget, room, settings.chunkSizeBytes());
        this.loop = new StageLoop(scheduler, state, queue, parts, pressure, backOff);
    }

    /** Chunks that are placed and not committed: what gc must leave alone, and must tell of what it deleted. */
    public PlacedChunks placed() {
        return placed;
    }

    /** What puts committed bytes into new chunks. */
    public ChunkRewriter rewriter() {
        return new ChunkRewriter(room, files, uploader, placed);
    }

    /** Who is told before a version is sealed; to be set before {@link #start}. */
    public void beforeSeal(BeforeSeal listener) {
        beforeSeal = listener;
    }

    /** Whether a version of the inode is sealed and not settled yet; exact under the lock of its image. */
    public boolean isSealed(long inode) {
        try (Monitor.Hold hold = state.monitor.enter()) {
            FileWork work = state.find(inode);
            return work != null && work.sealedGeneration >= 0;
        }
    }

    /**
     * Deletes what an earlier process left and nobody can reach, queues what it left uncommitted, and begins to work.
     * Called once, when spilled content has been taken up and what cannot be committed any more has been resolved.
     */
    public void start() throws PoolException {
        files.open();
        new Leftovers(metadata, images).drop();
        placed.open();
        for (Image image : images.modified()) {
            modified(image);
            closed(image.inode());
        }
        closeNeverWritten();
        loop.start();
    }

    /** What has a name and was never written is committed soon, as empty; also what is still open. */
    public void closeNeverWritten() throws PoolException {
        List<Long> neverWritten = new ArrayList<>();
        metadata.look(reader -> reader.uncommitted(inode -> {
            if (inode.links() > 0 && state.find(inode.number()) == null) {
                neverWritten.add(inode.number());
            }
            return true;
        }));
        neverWritten.forEach(this::closedEmpty);
    }

    @Override
    public void modified(Image image) {
        FileWork work = state.find(image.inode());
        if (work == null
                || work.retired
                || work.image != image
                || image.dirtyBytes() >= work.streamAtBytes
                || loop.isPressed()) {
            loop.modified(image);
        }
    }

    @Override
    public void closed(long inode) {
        FileWork work = state.find(inode);
        Image image = work == null || work.image == null ? images.peek(inode) : work.image;
        if (image == null) {
            return;
        }
        if (work == null) {
            if (!image.content().modified()) {
                return;
            }
            loop.modified(image);
        }
        due(inode, FileWork.bytesOf(image), false);
    }

    @Override
    public void closedEmpty(long inode) {
        try (Monitor.Hold hold = state.monitor.enter()) {
            if (state.isClosed()) {
                return;
            }
            FileWork work = state.find(inode);
            if (work == null) {
                work = state.findOrAdd(inode);
                queue.age(work, now());
            }
        }
        due(inode, 0, false);
    }

    @Override
    public long commit(long inode, long deadlineNanos) throws PoolException {
        while (true) {
            FileWork work = demand(inode);
            if (work == null) {
                return 0;
            }
            long request = request(work);
            if (request >= 0) {
                return await(work, request, deadlineNanos);
            }
        }
    }

    @Override
    public void commitAll(long deadlineNanos) throws PoolException {
        Map<FileWork, Long> requests = new LinkedHashMap<>();
        for (FileWork work : List.copyOf(state.works())) {
            Image image = work.image;
            // What was closed before is gone since, and what is there is not closed.
            boolean rewritten = image != null && image.content().truncatedWhileOpen();
            long request = rewritten ? -1 : request(work);
            if (request >= 0) {
                requests.put(work, request);
            }
        }
        PoolException failure = null;
        int failures = 0;
        for (Map.Entry<FileWork, Long> request : requests.entrySet()) {
            try {
                await(request.getKey(), request.getValue(), deadlineNanos);
            } catch (PoolException e) {
                if (e.reason() == Reason.INTERRUPTED || e.reason() == Reason.CLOSED) {
                    throw e;
                }
                failure = e;
                failures++;
            }
        }
        if (failure != null) {
            throw failures == 1
                    ? failure
                    : new PoolException(
                            failure.reason(),
                            failure.getMessage() + " (the first of " + failures + " such files)",
                            failure);
        }
    }

    @Override
    public void forget(long inode) {
        try (Monitor.Hold hold = state.monitor.enter()) {
            FileWork work = state.find(inode);
            if (work != null) {
                work.answered = Long.MAX_VALUE;
                queue.remove(work);
                state.retire(work);
            }
        }
        slots.wake();
        room.wake();
        dropPending(inode);
    }

    @Override
    public Status status() {
        long now = now();
        long oldest = 0;
        for (FileWork work : state.works()) {
            oldest = Math.max(oldest, now - work.sinceNanos);
        }
        return new Status(state.size(), stagedBytes(), oldest, slots.inProgress(), uploader.uploadedBytes());
    }

    /** As in the status, but cheap. */
    public long stagedBytes() {
        return Math.max(0, images.budget().usedBytes(Budget.Use.STAGED) - room.takenBytes());
    }

    @Override
    public void close() {
        state.close();
        slots.wake();
        room.wake();
        loop.awaitEnd(scheduler.deadlineAfter(CLOSE_WITHIN));
    }

    /** The work of an inode that has something to commit; null when it has nothing. */
    private @Nullable FileWork demand(long inode) throws PoolException {
        FileWork work = state.find(inode);
        if (work != null) {
            return work;
        }
        Image image = images.peek(inode);
        if (image != null && image.content().modified()) {
            loop.modified(image);
            return state.find(inode);
        }
        Optional<Inode> committed = metadata.read(reader -> Optional.ofNullable(reader.inode(inode)));
        if (committed.isEmpty()
                || committed.get().hasCommittedContent()
                || committed.get().links() == 0) {
            return null;
        }
        closedEmpty(inode);
        return state.find(inode);
    }

    /** Asks for the content as it is now; negative when the work has just left. */
    private long request(FileWork work) {
        Image image = work.image;
        long bytes = FileWork.bytesOf(image);
        try (Monitor.Hold hold = state.monitor.enter()) {
            if (work.place == FileWork.Place.GONE) {
                return -1;
            }
            work.requests++;
            boolean underWay = work.place == FileWork.Place.RUNNING
                    && image != null
                    && work.sealedGeneration == image.content().generation();
            if (underWay) {
                work.covered = work.requests;
            } else {
                queue.due(work, bytes, true, now());
                state.changed();
            }
            return work.requests;
        }
    }

    private long await(FileWork work, long request, long deadlineNanos) throws PoolException {
        while (true) {
            PoolException fenced = log.fenced();
            long until = Math.min(deadlineNanos, scheduler.deadlineAfter(LOOK_AGAIN));
            if (fenced != null) {
                until = scheduler.clock().monotonicNanos();
            }
            if (state.await(() -> work.answered >= request || state.isClosed(), until) && work.answered >= request) {
                return work.lastTransaction;
            }
            if (fenced != null) {
                throw fenced;
            }
            if (state.isClosed()) {
                throw new PoolException(
                        Reason.CLOSED, "the stager was closed before inode " + work.inode + " was committed");
            }
            if (scheduler.clock().monotonicNanos() >= deadlineNanos) {
                PoolException trouble = work.trouble;
                String message = "inode " + work.inode + " is not committed yet, its data stays staged";
                throw trouble == null
                        ? new PoolException(Reason.TIMEOUT, message)
                        : new PoolException(trouble.reason(), message + ": " + trouble.getMessage(), trouble);
            }
        }
    }

    private void due(long inode, long bytes, boolean urgent) {
        try (Monitor.Hold hold = state.monitor.enter()) {
            FileWork work = state.find(inode);
            if (work != null) {
                queue.due(work, bytes, urgent, now());
                loop.nudge();
            }
        }
    }

    private void dropPending(long inode) {
        try {
            boolean some = metadata.read(
                    reader -> !reader.pendingExtents(inode, 0, Long.MAX_VALUE).isEmpty());
            if (some) {
                metadata.alter(writer -> writer.dropPending(inode, new ByteRange(0, Long.MAX_VALUE)));
            }
        } catch (PoolException e) {
            // The rows do no harm: nobody asks for the inode again, and the next start finds its chunks unused.
            loop.report("cannot drop what is pending of inode " + inode, e);
        }
    }

    private long now() {
        return scheduler.clock().monotonicNanos();
    }
}
