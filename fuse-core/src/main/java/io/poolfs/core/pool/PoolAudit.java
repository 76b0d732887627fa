package io.poolfs.core.pool;

import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataCheck;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.Remotes;
import io.poolfs.core.upkeep.ChunkAudit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Looks whether the pool is whole: the metadata with itself and its copies, the chunks with the remotes, and on demand every byte with
 * its checksum. Changes nothing.
 */
public final class PoolAudit {
    private final Metadata metadata;
    private final Remotes remotes;
    private final ChunkAudit chunks;
    private final PoolJournal journal;
    private final ChunkObjects objects;

    PoolAudit(Metadata metadata, Remotes remotes, ChunkAudit chunks, PoolJournal journal, ChunkObjects objects) {
        this.metadata = metadata;
        this.remotes = remotes;
        this.chunks = chunks;
        this.journal = journal;
        this.objects = objects;
    }

    /** What was looked at, and what is wrong, one sentence each. */
    public record Report(long inodes, long chunks, long bytesRead, List<String> problems) {}

    /**
     * @param data also reads all chunks and compares their checksums
     * @param progress is told of chunks done
     */
    public Report run(boolean data, LongConsumer progress) throws PoolException {
        List<String> problems = new ArrayList<>(MetadataCheck.run(metadata));
        long inodes = metadata.read(reader -> reader.inodeCount());
        List<Chunk> all = new ArrayList<>();
        metadata.look(reader -> reader.chunks(use -> all.add(use.chunk())));
        for (Remote remote : remotes.all()) {
            audit(remote, problems);
        }
        long bytesRead = 0;
        long done = 0;
        for (Chunk chunk : data ? all : List.<Chunk>of()) {
            bytesRead += readAll(chunk, problems);
            progress.accept(++done);
        }
        all.stream()
                .map(Chunk::remote)
                .distinct()
                .filter(id -> remotes.byId(id).isEmpty())
                .forEach(
                        id -> problems.add("remote " + id + " is missing: " + chunksOn(all, id) + " chunks lie there"));
        return new Report(inodes, all.size(), bytesRead, problems);
    }

    private static long chunksOn(List<Chunk> all, RemoteId id) {
        return all.stream().filter(chunk -> chunk.remote().equals(id)).count();
    }

    private void audit(Remote remote, List<String> problems) {
        try {
            if (remote.id() == null) {
                throw new PoolException(
                        Reason.REMOTE_UNAVAILABLE,
                        String.valueOf(remote.status().lastError()));
            }
            ChunkAudit.Findings found = chunks.audit(remote);
            for (ChunkId chunk : found.missing()) {
                problems.add("chunk " + chunk + " is not on " + remote.name());
            }
            for (ChunkId chunk : found.wrongSize()) {
                problems.add("chunk " + chunk + " on " + remote.name() + " has another size than it was stored with");
            }
            problems.addAll(journal.damagedCopies(remote.store()));
        } catch (PoolException e) {
            problems.add(remote.name() + " could not be checked: " + e.getMessage());
        }
    }

    private long readAll(Chunk chunk, List<String> problems) {
        Remote remote = remotes.byId(chunk.remote()).orElse(null);
        if (remote == null) {
            return 0;
        }
        ByteBuffer block = ByteBuffer.allocate(Chunk.BLOCK_BYTES);
        long read = 0;
        try {
            for (int i = 0; i < Chunk.blocks(chunk.sizeBytes()); i++) {
                block.clear().limit((int) Math.min(Chunk.BLOCK_BYTES, chunk.sizeBytes() - read));
                remote.store().getRange(objects.nameOf(chunk), read, block);
                CRC32C crc = new CRC32C();
                crc.update(block.flip());
                if (chunk.hasChecksums() && (int) crc.getValue() != chunk.crc32c()[i]) {
                    problems.add("chunk " + chunk.id() + " on " + remote.name() + " is damaged at byte " + read);
                }
                read += block.limit();
            }
        } catch (PoolException e) {
            problems.add("chunk " + chunk.id() + " on " + remote.name() + " cannot be read: " + e.getMessage());
        }
        return read;
    }
}
