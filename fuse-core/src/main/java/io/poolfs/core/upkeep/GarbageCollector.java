package io.poolfs.core.upkeep;

import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.stage.PlacedChunks;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes chunks that nothing uses any more: first the object, then the record. One round at a time.
 *
 * <p>A committed chunk goes when its last reference was dropped at or before the older of the two kept checkpoints and
 * longer than the grace ago. A chunk of our own uploads that no content came to use goes when two rounds found it so.
 */
public final class GarbageCollector {
    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollector.class);

    /** Bounds a round, so that the head is confirmed again now and then. */
    private static final int MOST_AT_A_TIME = 2_000;

    private static final int FORGET_BATCH = 200;
    private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(60);

    /** What a round did. */
    public record Round(int deletedChunks, long deletedBytes, int failed, int waiting) {}

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final ShippedLog log;
    private final Remotes remotes;
    private final PlacedChunks placed;
    private final ChunkObjects objects;
    private final Duration grace;
    private final LongSupplier safeTransaction;
    private final Predicate<ChunkId> isNeeded;

    /** Own uploads without use in the last round. */
    private Set<ChunkId> unusedBefore = Set.of();

    /**
     * @param safeTransaction the last transaction of the older of the two kept checkpoints; 0 while there are not two
     * @param isNeeded by others than the metadata: a fetch under way, saved content
     */
    public GarbageCollector(
            Scheduler scheduler,
            Metadata metadata,
            ShippedLog log,
            Supplier<List<Remote>> remotes,
            PlacedChunks placed,
            ChunkObjects objects,
            Duration grace,
            LongSupplier safeTransaction,
            Predicate<ChunkId> isNeeded) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.log = log;
        this.remotes = new Remotes(remotes);
        this.placed = placed;
        this.objects = objects;
        this.grace = grace;
        this.safeTransaction = safeTransaction;
        this.isNeeded = isNeeded;
    }

    /**
     * One round. Remotes that are away are left for the next.
     *
     * @throws PoolException FENCED, NO_QUORUM or TIMEOUT when the head cannot be confirmed: nothing was deleted
     */
    public Round collect() throws PoolException {
        List<Chunk> garbage = garbage();
        List<Chunk> unused = unusedUploads();
        if (garbage.isEmpty() && unused.isEmpty()) {
            return new Round(0, 0, 0, 0);
        }
        confirmHead();
        Deleted ofGarbage = delete(garbage);
        forgetGarbage(ofGarbage.done());
        Deleted ofUnused = delete(unused);
        forgetUploads(ofUnused.done());
        long bytes = 0;
        for (Chunk chunk : ofGarbage.done()) {
            bytes += chunk.sizeBytes();
        }
        for (Chunk chunk : ofUnused.done()) {
            bytes += chunk.sizeBytes();
        }
        return new Round(
                ofGarbage.done().size() + ofUnused.done().size(),
                bytes,
                ofGarbage.failed() + ofUnused.failed(),
                ofGarbage.waiting() + ofUnused.waiting());
    }

    private List<Chunk> garbage() throws PoolException {
        long safe = safeTransaction.getAsLong();
        long droppedBefore = scheduler.clock().wallNanos() - grace.toNanos();
        return metadata.read(reader -> {
            Set<ChunkId> pending = pendingUse(reader);
            List<Chunk> ripe = new ArrayList<>();
            reader.garbage(item -> {
                ChunkId id = item.chunk().id();
                if (item.transaction() <= safe
                        && item.droppedNanos() <= droppedBefore
                        && !pending.contains(id)
                        && !placed.isHeld(id)
                        && !isNeeded.test(id)) {
                    ripe.add(item.chunk());
                }
                return ripe.size() < MOST_AT_A_TIME;
            });
            return ripe;
        });
    }

    /**
     * Decided inside a transaction: an upload lets its chunk go only after the transaction that gave it a use, so one
     * that is neither held nor used here will never be.
     */
    private List<Chunk> unusedUploads() throws PoolException {
        List<Chunk> unused = metadata.change(writer -> {
            Set<ChunkId> pending = pendingUse(writer);
            List<Chunk> found = new ArrayList<>();
            writer.pendingChunks(chunk -> {
                if (!pending.contains(chunk.id()) && !placed.isHeld(chunk.id()) && !isNeeded.test(chunk.id())) {
                    found.add(chunk);
                }
                return found.size() < MOST_AT_A_TIME;
            });
            return found;
        });
        Set<ChunkId> before = unusedBefore;
        Set<ChunkId> now = new HashSet<>();
        unused.forEach(chunk -> now.add(chunk.id()));
        unusedBefore = now;
        // An upload that was given up may still arrive; the next round is late enough for it.
        return unused.stream().filter(chunk -> before.contains(chunk.id())).toList();
    }

    private static Set<ChunkId> pendingUse(MetadataReader reader) throws PoolException {
        Set<ChunkId> used = new HashSet<>();
        reader.pendingExtents(pending -> {
            Extent extent = pending.extent().extent();
            if (extent != null) {
                used.add(extent.piece().chunk());
            }
            return true;
        });
        return used;
    }

    /** Everything up to now is with a quorum, and nobody has claimed a newer epoch. */
    private void confirmHead() throws PoolException {
        log.awaitShipped(metadata.lastTransaction(), scheduler.deadlineAfter(CONFIRM_WITHIN));
    }

    private record Deleted(List<Chunk> done, int failed, int waiting) {}

    /** The remotes side by side, each one chunk after the other. */
    private Deleted delete(List<Chunk> chunks) throws PoolException {
        Map<RemoteId, List<Chunk>> byRemote = new HashMap<>();
        chunks.forEach(chunk -> byRemote.computeIfAbsent(chunk.remote(), id -> new ArrayList<>())
                .add(chunk));
        List<RemoteDeletion> deletions = new ArrayList<>();
        List<Task> tasks = new ArrayList<>();
        int waiting = 0;
        for (Map.Entry<RemoteId, List<Chunk>> of : byRemote.entrySet()) {
            Optional<Remote> remote = remotes.reachable(of.getKey());
            if (remote.isEmpty()) {
                waiting += of.getValue().size();
                continue;
            }
            RemoteDeletion deletion = new RemoteDeletion(remote.get(), of.getValue());
            deletions.add(deletion);
            tasks.add(scheduler.start("gc", deletion::run));
        }
        for (Task task : tasks) {
            task.join(Long.MAX_VALUE);
        }
        List<Chunk> done = new ArrayList<>();
        int failed = 0;
        for (RemoteDeletion deletion : deletions) {
            done.addAll(deletion.done);
            failed += deletion.chunks.size() - deletion.done.size();
        }
        return new Deleted(done, failed, waiting);
    }

    private void forgetGarbage(List<Chunk> chunks) throws PoolException {
        for (int from = 0; from < chunks.size(); from += FORGET_BATCH) {
            List<Chunk> some = chunks.subList(from, Math.min(chunks.size(), from + FORGET_BATCH));
            metadata.alter(writer -> {
                for (Chunk chunk : some) {
                    writer.apply(new Op.ForgetChunk(chunk.id()));
                }
            });
        }
    }

    private void forgetUploads(List<Chunk> chunks) throws PoolException {
        if (chunks.isEmpty()) {
            return;
        }
        metadata.alter(writer -> {
            for (Chunk chunk : chunks) {
                writer.dropPendingChunk(chunk.id());
            }
        });
        chunks.forEach(chunk -> placed.forget(chunk.id()));
    }

    private final class RemoteDeletion {
        private final Remote remote;
        private final List<Chunk> chunks;
        private final List<Chunk> done = new ArrayList<>();

        RemoteDeletion(Remote remote, List<Chunk> chunks) {
            this.remote = remote;
            this.chunks = chunks;
        }

        void run() {
            for (Chunk chunk : chunks) {
                if (log.fenced() != null) {
                    return;
                }
                try {
                    if (isOurs(chunk)) {
                        remote.store().delete(objects.nameOf(chunk));
                        remote.freed(chunk.sizeBytes());
                    }
                    done.add(chunk);
                } catch (PoolException e) {
                    LOG.warn("gc: chunk {} stays on {}: {}", chunk.id(), remote.name(), e.getMessage());
                    return;
                }
            }
        }

        /** What others wrote they may have replaced since: then it is theirs, and stays. */
        private boolean isOurs(Chunk chunk) throws PoolException {
            if (!chunk.isImported()) {
                return true;
            }
            String object = objects.nameOf(chunk);
            OptionalLong size = remote.store().size(object);
            if (size.isPresent() && size.getAsLong() != chunk.sizeBytes()) {
                LOG.warn("gc: {} on {} is no longer what was imported and stays", object, remote.name());
                return false;
            }
            return true;
        }
    }
}
