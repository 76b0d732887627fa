package io.poolfs.core.pool;

import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.meta.EntryPath;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MetadataCheck;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.Remotes;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.upkeep.ChunkAudit;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Looks whether the pool is whole: the metadata with itself and its copies, the chunks with the remotes, and on demand
 * every byte with its checksum.
 *
 * <p>A repair counts again what is only counted, and puts what is lost on a remote but still in the cache, or copied to
 * another remote, into new chunks. It never deletes, shortens or empties a file, and never writes over an object. One
 * run at a time.
 */
public final class PoolAudit {
    /** More lines than this help nobody. */
    private static final int MOST_LINES = 10_000;

    private static final Duration RESCUE_WITHIN = Duration.ofMinutes(10);

    private final Scheduler scheduler;
    private final KeyValueMetadata metadata;
    private final Remotes remotes;
    private final ChunkAudit chunks;
    private final PoolJournal journal;
    private final ChunkObjects objects;
    private final ChunkRescue rescue;

    PoolAudit(
            Scheduler scheduler,
            KeyValueMetadata metadata,
            Remotes remotes,
            ChunkAudit chunks,
            PoolJournal journal,
            ChunkObjects objects,
            ChunkRescue rescue) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.remotes = remotes;
        this.chunks = chunks;
        this.journal = journal;
        this.objects = objects;
        this.rescue = rescue;
    }

    /**
     * What was looked at, one sentence for each finding.
     *
     * @param problems what is wrong, after the repair if there was one
     * @param repaired what was wrong
     * @param notes what is no damage
     */
    public record Report(
            long inodes,
            long chunks,
            long bytesRead,
            List<String> problems,
            List<String> repaired,
            List<String> notes) {}

    /** What one run has found so far. */
    private static final class Findings {
        final List<String> problems = new ArrayList<>();
        final List<String> repaired = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        final Map<ChunkId, Damage> damaged = new LinkedHashMap<>();
        final Map<Remote, List<ChunkId>> unknown = new LinkedHashMap<>();
    }

    /**
     * @param data also reads all chunks and compares their checksums
     * @param progress is told of chunks done
     */
    public Report run(boolean data, boolean repair, LongConsumer progress) throws PoolException {
        Findings found = new Findings();
        checkMetadata(repair, found);
        long inodes = metadata.read(reader -> reader.inodeCount());
        List<Chunk> all = new ArrayList<>();
        metadata.look(reader -> reader.chunks(use -> use.references() == 0 || all.add(use.chunk())));
        for (Remote remote : remotes.all()) {
            audit(remote, found);
        }
        long bytesRead = 0;
        long done = 0;
        for (Chunk chunk : data ? all : List.<Chunk>of()) {
            if (!found.damaged.containsKey(chunk.id())) {
                bytesRead += readAll(chunk, found);
            }
            progress.accept(++done);
        }
        for (Damage damage : found.damaged.values()) {
            if (repair) {
                rescue(damage, found);
            }
            tell(damage, found.problems);
        }
        found.unknown.forEach((remote, unknown) -> sweep(remote, unknown, repair, found));
        all.stream()
                .map(Chunk::remote)
                .distinct()
                .filter(id -> remotes.byId(id).isEmpty())
                .forEach(id ->
                        found.problems.add("remote " + id + " is missing: " + chunksOn(all, id) + " chunks lie there"));
        return new Report(inodes, all.size(), bytesRead, found.problems, found.repaired, found.notes);
    }

    private void checkMetadata(boolean repair, Findings found) throws PoolException {
        List<String> wrong = MetadataCheck.run(metadata);
        if (repair && !wrong.isEmpty()) {
            long changed = metadata.recount();
            List<String> left = MetadataCheck.run(metadata);
            if (changed > 0) {
                found.repaired.add("counted again: " + changed + " records of the local metadata, "
                        + (wrong.size() - left.size()) + " findings less; the first was: " + wrong.get(0));
            }
            wrong = left;
        }
        found.problems.addAll(wrong);
        if (!wrong.isEmpty()) {
            found.notes.add("metadata that contradict themselves are made anew from the remotes by `poolfs recover`");
        }
    }

    private static long chunksOn(List<Chunk> all, RemoteId id) {
        return all.stream().filter(chunk -> chunk.remote().equals(id)).count();
    }

    private void audit(Remote remote, Findings found) {
        try {
            if (remote.id() == null) {
                throw new PoolException(
                        Reason.REMOTE_UNAVAILABLE,
                        String.valueOf(remote.status().lastError()));
            }
            ChunkAudit.Findings there = chunks.audit(remote);
            for (ChunkId chunk : there.missing()) {
                add(chunk, "is not on " + remote.name(), found);
            }
            for (ChunkId chunk : there.wrongSize()) {
                add(chunk, "on " + remote.name() + " has another size than it was stored with", found);
            }
            found.problems.addAll(journal.damagedCopies(remote.store()));
            found.unknown.put(remote, there.unknown());
            if (!there.foreign().isEmpty()) {
                found.notes.add(there.foreign().size() + " objects on " + remote.name()
                        + " are no chunks and are left alone, such as "
                        + there.foreign().get(0));
            }
        } catch (PoolException e) {
            found.problems.add(remote.name() + " could not be checked: " + e.getMessage());
        }
    }

    /** What nothing knows; but a copy of something damaged may be all that is left of it, and stays. */
    private void sweep(Remote remote, List<ChunkId> unknown, boolean repair, Findings found) {
        List<ChunkId> useless =
                unknown.stream().filter(id -> !found.damaged.containsKey(id)).toList();
        try {
            int deleted = repair ? chunks.deleteUnknown(remote, useless).size() : 0;
            if (deleted > 0) {
                found.repaired.add("deleted on " + remote.name() + ", as nothing knows them: " + deleted + " chunks");
            }
            if (unknown.size() > deleted) {
                found.notes.add("chunks on " + remote.name() + " that nothing knows: " + (unknown.size() - deleted)
                        + "; fsck --repair deletes them when the same mount has seen them for gc_grace");
            }
        } catch (PoolException e) {
            found.notes.add("chunks on " + remote.name() + " that nothing knows stay: " + e.getMessage());
        }
    }

    /** Garbage may be gone already. */
    private void add(ChunkId id, String what, Findings found) throws PoolException {
        metadata.look(reader -> {
            Chunk chunk = reader.chunk(id);
            if (chunk != null) {
                reader.references(id, reference -> {
                    found.damaged.put(id, Damage.whole(chunk, "chunk " + id + " " + what));
                    return false;
                });
            }
        });
    }

    private long readAll(Chunk chunk, Findings found) {
        Remote remote = remotes.byId(chunk.remote()).orElse(null);
        if (remote == null) {
            return 0;
        }
        ByteBuffer block = ByteBuffer.allocate(Chunk.BLOCK_BYTES);
        List<ByteRange> damaged = new ArrayList<>();
        long read = 0;
        try {
            for (int i = 0; i < Chunk.blocks(chunk.sizeBytes()); i++) {
                block.clear().limit((int) Math.min(Chunk.BLOCK_BYTES, chunk.sizeBytes() - read));
                ByteRange range = new ByteRange(read, block.remaining());
                if (!isRight(remote, chunk, i, block)) {
                    damaged.add(range);
                }
                read = range.end();
            }
        } catch (PoolException e) {
            found.problems.add("chunk " + chunk.id() + " on " + remote.name() + " cannot be read: " + e.getMessage());
        }
        if (!damaged.isEmpty()) {
            found.damaged.put(
                    chunk.id(),
                    new Damage(
                            chunk,
                            "chunk " + chunk.id() + " on " + remote.name() + " is damaged at byte "
                                    + damaged.get(0).offset(),
                            damaged));
        }
        return read;
    }

    private boolean isRight(Remote remote, Chunk chunk, int number, ByteBuffer block) throws PoolException {
        try {
            remote.store().getRange(objects.nameOf(chunk), (long) number * Chunk.BLOCK_BYTES, block);
        } catch (PoolException e) {
            if (e.reason() == Reason.CORRUPT) {
                return false; // crypt refuses what was changed
            }
            throw e;
        }
        CRC32C crc = new CRC32C();
        crc.update(block.flip());
        return !chunk.hasChecksums() || (int) crc.getValue() == chunk.crc32c()[number];
    }

    private void rescue(Damage damage, Findings found) {
        long deadline = scheduler.deadlineAfter(RESCUE_WITHIN);
        try {
            long bytes = rescue.rescue(damage, () -> scheduler.clock().monotonicNanos() > deadline);
            if (bytes > 0) {
                found.repaired.add(damage.what() + ": " + bytes + " bytes of it were found and stored again");
            }
        } catch (PoolException e) {
            found.problems.add(damage.what() + " and what is left of it could not be stored again: " + e.getMessage());
        }
    }

    /** The chunk, and each file that needs it with what it has lost. */
    private void tell(Damage damage, List<String> problems) throws PoolException {
        Map<Long, List<ByteRange>> lost = new TreeMap<>();
        for (LostRange range : LostRange.of(metadata, damage)) {
            lost.computeIfAbsent(range.inode(), inode -> new ArrayList<>())
                    .add(range.extent().fileRange());
        }
        if (lost.isEmpty()) {
            return;
        }
        problems.add(damage.what());
        for (Map.Entry<Long, List<ByteRange>> of : lost.entrySet()) {
            if (problems.size() < MOST_LINES) {
                String path = metadata.read(reader -> EntryPath.text(reader, of.getKey()));
                StringBuilder text = new StringBuilder("lost of " + path + ":");
                for (ByteRange range : of.getValue()) {
                    text.append(text.charAt(text.length() - 1) == ':' ? " " : ", ")
                            .append(range.lengthBytes())
                            .append(" bytes at ")
                            .append(range.offset());
                }
                problems.add(text.toString());
            }
        }
    }
}
