package io.poolfs.core.stage;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes sealed content the committed content of its inodes: one transaction for all files of a run. */
final class Committer {
    private final Metadata metadata;

    Committer(Metadata metadata) {
        this.metadata = metadata;
    }

    /**
     * What a commit came to.
     *
     * @param verdicts what became of each file
     * @param known chunks that the journaled state counts from here on
     * @param transaction a transaction at or after the commit
     */
    record Result(Map<SealedFile, Verdict> verdicts, Set<ChunkId> known, long transaction) {}

    enum Verdict {
        /** Its version is in the journal. */
        COMMITTED,
        /** The inode is gone, or has no name left by which anybody could see the content. */
        GONE,
        /** The inode's version is not the one that the content stands on. */
        FOREIGN
    }

    /** Nothing has happened when it throws. */
    Result commit(List<SealedFile> files) throws PoolException {
        List<ContentMap> laid = files.stream().map(SealedFile::laid).toList();
        Result result = metadata.change(writer -> {
            Map<SealedFile, Verdict> verdicts = new HashMap<>();
            Set<ChunkId> known = new HashSet<>();
            for (int i = 0; i < laid.size(); i++) {
                verdicts.put(files.get(i), commitOne(writer, files.get(i), laid.get(i), known));
            }
            return new Result(verdicts, known, 0);
        });
        return new Result(result.verdicts(), result.known(), metadata.lastTransaction());
    }

    private static Verdict commitOne(MetadataWriter writer, SealedFile file, ContentMap laid, Set<ChunkId> known)
            throws PoolException {
        Inode inode = writer.inode(file.inode());
        if (inode == null || inode.links() == 0) {
            return Verdict.GONE;
        }
        if (inode.version() != file.content.baseVersion()) {
            return Verdict.FOREIGN;
        }
        long size = file.content.sizeBytes();
        List<Extent> put = laid.extents(size);
        List<ByteRange> drop = new ArrayList<>();
        if (file.content.baseLimit() < size) {
            drop.add(ByteRange.between(file.content.baseLimit(), size));
        }
        drop.addAll(laid.holes(size));
        addChunks(writer, put, known);
        boolean explicit = file.content.modified();
        writer.apply(new Op.CommitContent(
                file.inode(),
                inode.version(),
                size,
                explicit ? file.content.modifyNanos() : inode.modifyNanos(),
                explicit ? Math.max(file.content.changeNanos(), inode.changeNanos()) : inode.changeNanos(),
                file.content.accessNanos(),
                drop,
                put));
        // Only what went in: a punch or an upload since the seal says something else, and stays pending.
        for (PendingExtent pending : writer.pendingExtents(file.inode(), 0, Long.MAX_VALUE)) {
            for (ByteRange same : laid.common(pending)) {
                writer.dropPending(file.inode(), same);
            }
        }
        return Verdict.COMMITTED;
    }

    private static void addChunks(MetadataWriter writer, List<Extent> put, Set<ChunkId> known) throws PoolException {
        for (Extent extent : put) {
            ChunkId id = extent.piece().chunk();
            if (!known.add(id) || writer.chunk(id) != null) {
                continue;
            }
            Chunk chunk = writer.pendingChunk(id);
            if (chunk == null) {
                throw new PoolException(Reason.INTERNAL, "chunk " + id + " is used, but nobody has recorded it");
            }
            writer.apply(new Op.AddChunk(chunk));
            writer.dropPendingChunk(id);
        }
    }
}
