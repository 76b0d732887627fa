package io.poolfs.core.upkeep;

import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.stage.PlacedChunks;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Compares what lies on a remote with what the metadata says, and deletes what nothing can know. One at a time.
 *
 * <p>Every chunk of the present epoch has its record before its object exists. So an object without one is left over
 * from an epoch that has ended: it goes when it was seen longer than the grace ago, our epoch is older than the grace,
 * and the metadata came from a recovery longer than the grace ago, if from one. What has no chunk's name is reported,
 * never touched.
 */
public final class ChunkAudit {
    private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(60);

    /**
     * What an audit of one remote found.
     *
     * @param known objects that are as they should be
     * @param missing chunks that the metadata has on this remote and the remote has not
     * @param wrongSize chunks whose object has another size
     * @param unknown objects with the name of a chunk that nothing knows, or that lies on another remote
     * @param foreign paths of objects that are no chunks
     */
    public record Findings(
            int known, List<ChunkId> missing, List<ChunkId> wrongSize, List<ChunkId> unknown, List<String> foreign) {}

    private record Seen(RemoteId remote, ChunkId chunk) {}

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final ShippedLog log;
    private final PlacedChunks placed;
    private final ChunkObjects objects;
    private final Duration grace;
    private final LongSupplier writingSinceNanos;
    private final Predicate<ChunkId> isNeeded;

    /** Wall clock of the first audit that saw an unknown chunk. */
    private final Map<Seen, Long> firstSeen = new HashMap<>();

    /**
     * @param writingSinceNanos wall clock of the later of our epoch's claim and the last recovery
     * @param isNeeded by others than the metadata: saved content
     */
    public ChunkAudit(
            Scheduler scheduler,
            Metadata metadata,
            ShippedLog log,
            PlacedChunks placed,
            ChunkObjects objects,
            Duration grace,
            LongSupplier writingSinceNanos,
            Predicate<ChunkId> isNeeded) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.log = log;
        this.placed = placed;
        this.objects = objects;
        this.grace = grace;
        this.writingSinceNanos = writingSinceNanos;
        this.isNeeded = isNeeded;
    }

    /** Lists the remote's chunks. What the stager places meanwhile is not mistaken for unknown. */
    public Findings audit(Remote remote) throws PoolException {
        RemoteId id = Objects.requireNonNull(remote.id());
        Map<ChunkId, Chunk> expected = expectedOn(id);
        Map<ChunkId, Long> found = new HashMap<>();
        List<String> foreign = new ArrayList<>();
        list(remote.store(), found, foreign);
        Map<String, Long> others = listImported(remote.store(), expected.values());

        int known = 0;
        List<ChunkId> missing = new ArrayList<>();
        List<ChunkId> wrongSize = new ArrayList<>();
        for (Chunk chunk : expected.values()) {
            String path = chunk.path();
            Long size = path != null ? others.get(path) : found.get(chunk.id());
            if (size == null) {
                if (isExpectedStill(chunk)) {
                    missing.add(chunk.id());
                }
            } else if (size != chunk.sizeBytes()) {
                wrongSize.add(chunk.id());
            } else {
                known++;
            }
        }
        List<ChunkId> unknown = new ArrayList<>();
        for (ChunkId chunk : found.keySet()) {
            if (!expected.containsKey(chunk) && isUnknown(id, chunk)) {
                unknown.add(chunk);
            }
        }
        remember(id, unknown);
        foreign.removeIf(others::containsKey);
        return new Findings(known, missing, wrongSize, unknown, foreign);
    }

    /**
     * Deletes of these what may go by now; returns what was deleted.
     *
     * @throws PoolException FENCED, NO_QUORUM or TIMEOUT when the head cannot be confirmed; or what the remote said
     */
    public List<ChunkId> deleteUnknown(Remote remote, List<ChunkId> unknown) throws PoolException {
        RemoteId id = Objects.requireNonNull(remote.id());
        long graceBegan = scheduler.clock().wallNanos() - grace.toNanos();
        List<ChunkId> deleted = new ArrayList<>();
        if (log.epoch() == 0 || writingSinceNanos.getAsLong() > graceBegan) {
            return deleted;
        }
        List<ChunkId> ripe = unknown.stream()
                .filter(chunk -> firstSeen.getOrDefault(new Seen(id, chunk), Long.MAX_VALUE) <= graceBegan)
                .toList();
        if (ripe.isEmpty()) {
            return deleted;
        }
        log.awaitShipped(metadata.lastTransaction(), scheduler.deadlineAfter(CONFIRM_WITHIN));
        for (ChunkId chunk : ripe) {
            if (isUnknown(id, chunk)) {
                remote.store().delete(objects.nameOf(chunk));
                firstSeen.remove(new Seen(id, chunk));
                deleted.add(chunk);
            }
        }
        return deleted;
    }

    private Map<ChunkId, Chunk> expectedOn(RemoteId remote) throws PoolException {
        Map<ChunkId, Chunk> expected = new HashMap<>();
        metadata.look(reader -> reader.chunks(use -> {
            if (use.chunk().remote().equals(remote)) {
                expected.put(use.chunk().id(), use.chunk());
            }
            return true;
        }));
        return expected;
    }

    /** The listing and the metadata are of different moments: gc may have deleted it in between. */
    private boolean isExpectedStill(Chunk chunk) throws PoolException {
        return metadata.read(reader -> Optional.ofNullable(reader.chunk(chunk.id())))
                .isPresent();
    }

    /** An upload's chunk is held, or pending, or known: asked in the order in which it goes from one to the next. */
    private boolean isUnknown(RemoteId remote, ChunkId chunk) throws PoolException {
        if (placed.isHeld(chunk) || isNeeded.test(chunk)) {
            return false;
        }
        return metadata.read(reader -> {
            Chunk pending = reader.pendingChunk(chunk);
            Chunk known = reader.chunk(chunk);
            return (pending == null || !pending.remote().equals(remote))
                    && (known == null || !known.remote().equals(remote));
        });
    }

    private void remember(RemoteId remote, List<ChunkId> unknown) {
        long now = scheduler.clock().wallNanos();
        unknown.forEach(chunk -> firstSeen.putIfAbsent(new Seen(remote, chunk), now));
        firstSeen.keySet().removeIf(seen -> seen.remote().equals(remote) && !unknown.contains(seen.chunk()));
    }

    /** What lies in the folders where others put what was imported, by path. */
    private static Map<String, Long> listImported(RemoteStore store, Collection<Chunk> expected) throws PoolException {
        Set<String> folders = new TreeSet<>();
        for (Chunk chunk : expected) {
            String path = chunk.path();
            if (path != null) {
                folders.add(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
            }
        }
        Map<String, Long> sizes = new HashMap<>();
        for (String folder : folders) {
            for (RemoteStore.Entry entry : store.list(folder)) {
                if (!entry.isFolder()) {
                    sizes.put(folder.isEmpty() ? entry.name() : folder + "/" + entry.name(), entry.sizeBytes());
                }
            }
        }
        return sizes;
    }

    private void list(RemoteStore store, Map<ChunkId, Long> found, List<String> foreign) throws PoolException {
        String prefix = objects.dataPrefix();
        for (RemoteStore.Entry folder : store.list(prefix)) {
            if (!folder.isFolder()) {
                foreign.add(prefix + "/" + folder.name());
                continue;
            }
            for (RemoteStore.Entry entry : store.list(prefix + "/" + folder.name())) {
                Optional<ChunkId> chunk = objects.parse(folder.name(), entry.name());
                if (chunk.isPresent() && !entry.isFolder()) {
                    found.put(chunk.get(), entry.sizeBytes());
                } else {
                    foreign.add(prefix + "/" + folder.name() + "/" + entry.name());
                }
            }
        }
    }
}
