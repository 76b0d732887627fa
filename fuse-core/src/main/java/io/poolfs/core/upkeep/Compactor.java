package io.poolfs.core.upkeep;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader.ChunkUse;
import io.poolfs.core.meta.MetadataReader.Reference;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.stage.ChunkRewriter;
import io.poolfs.core.stage.PlacedChunks;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the live bytes of packs that are mostly garbage into new packs, so that gc can delete the old ones. Every byte
 * is checked before it is moved; an extent that changed meanwhile stays as it is. One thread at a time.
 */
public final class Compactor {
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

    /** Live bytes below this part of a pack make it worth moving: twice what is moved comes free. */
    private static final int LIVE_PERCENT = 33;

    private static final int MOST_CHUNKS = 64;

    /** What a round did. */
    public record Round(int emptiedChunks, long movedBytes) {}

    /** A live run of a chunk and everything that points into it. */
    private record Run(Chunk chunk, ByteRange range, List<Reference> references) {}

    private final Metadata metadata;
    private final Remotes remotes;
    private final PlacedChunks placed;
    private final ChunkRewriter rewriter;
    private final ChunkObjects objects;
    private final long packBytes;

    /** @param packBytes largest pack: larger chunks are left alone */
    public Compactor(
            Metadata metadata,
            Supplier<List<Remote>> remotes,
            PlacedChunks placed,
            ChunkRewriter rewriter,
            ChunkObjects objects,
            long packBytes) {
        this.metadata = metadata;
        this.remotes = new Remotes(remotes);
        this.placed = placed;
        this.rewriter = rewriter;
        this.objects = objects;
        this.packBytes = packBytes;
    }

    /**
     * Fills one new pack from old ones; a pack that cannot be read, or is damaged, is left alone.
     *
     * @throws PoolException CANCELLED when {@code stop} says so, or what the upload ended with
     */
    public Round compact(BooleanSupplier stop) throws PoolException {
        ByteBuffer live = ByteBuffer.allocate(Math.toIntExact(packBytes));
        List<Run> runs = new ArrayList<>();
        int chunks = 0;
        for (ChunkUse use : halfDead()) {
            if (use.liveBytes() > live.remaining()) {
                break;
            }
            Optional<Remote> remote = remotes.reachable(use.chunk().remote());
            if (remote.isEmpty() || stop.getAsBoolean()) {
                continue;
            }
            List<Run> ofChunk = runs(use.chunk());
            long bytes =
                    ofChunk.stream().mapToLong(run -> run.range().lengthBytes()).sum();
            if (bytes <= live.remaining() && copyLive(remote.get(), use.chunk(), ofChunk, live)) {
                runs.addAll(ofChunk);
                chunks++;
            }
        }
        if (runs.isEmpty()) {
            return new Round(0, 0);
        }
        long moved = live.position();
        move(runs, live.flip(), stop);
        return new Round(chunks, moved);
    }

    /**
     * Packs with little alive, the emptiest first. What an upload or commit holds is left alone, and what was imported:
     * there is nothing to check it with.
     */
    private List<ChunkUse> halfDead() throws PoolException {
        List<ChunkUse> found = new ArrayList<>();
        metadata.look(reader -> reader.chunks(use -> {
            long size = use.chunk().sizeBytes();
            if (use.references() > 0
                    && !use.chunk().isImported()
                    && size <= packBytes
                    && use.liveBytes() * 100 <= size * LIVE_PERCENT
                    && !placed.isHeld(use.chunk().id())) {
                found.add(use);
            }
            return found.size() < MOST_CHUNKS;
        }));
        found.sort((a, b) -> Long.compare(a.liveBytes(), b.liveBytes()));
        return found;
    }

    /** The parts of the chunk that extents point to; overlapping ones as one run. */
    private List<Run> runs(Chunk chunk) throws PoolException {
        TreeMap<Long, List<Reference>> byOffset = new TreeMap<>();
        metadata.look(reader -> reader.references(chunk.id(), reference -> {
            byOffset.computeIfAbsent(reference.extent().chunkOffset(), at -> new ArrayList<>())
                    .add(reference);
            return true;
        }));
        List<Run> runs = new ArrayList<>();
        for (List<Reference> at : byOffset.values()) {
            for (Reference reference : at) {
                ByteRange range = new ByteRange(
                        reference.extent().chunkOffset(), reference.extent().lengthBytes());
                Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
                if (last != null && range.offset() < last.range().end()) {
                    last.references().add(reference);
                    ByteRange both = ByteRange.between(
                            last.range().offset(), Math.max(last.range().end(), range.end()));
                    runs.set(runs.size() - 1, new Run(chunk, both, last.references()));
                } else {
                    runs.add(new Run(chunk, range, new ArrayList<>(List.of(reference))));
                }
            }
        }
        return runs;
    }

    private boolean copyLive(Remote remote, Chunk chunk, List<Run> runs, ByteBuffer into) {
        try {
            ByteBuffer whole = readWhole(remote, chunk);
            for (Run run : runs) {
                into.put(whole.slice(
                        (int) run.range().offset(), (int) run.range().lengthBytes()));
            }
            return true;
        } catch (PoolException e) {
            LOG.warn("compaction leaves chunk {} on {} alone: {}", chunk.id(), remote.name(), e.getMessage());
            return false;
        }
    }

    private ByteBuffer readWhole(Remote remote, Chunk chunk) throws PoolException {
        ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(chunk.sizeBytes()));
        remote.store().getRange(objects.nameOf(chunk), 0, whole);
        whole.flip();
        for (int i = 0; i < chunk.crc32c().length; i++) {
            int from = i * Chunk.BLOCK_BYTES;
            CRC32C crc = new CRC32C();
            crc.update(whole.slice(from, Math.min(Chunk.BLOCK_BYTES, whole.limit() - from)));
            if ((int) crc.getValue() != chunk.crc32c()[i]) {
                throw new PoolException(
                        Reason.CORRUPT, "chunk " + chunk.id() + " on " + remote.name() + " is damaged in MiB " + i);
            }
        }
        return whole;
    }

    private void move(List<Run> runs, ByteBuffer live, BooleanSupplier stop) throws PoolException {
        List<ByteRange> ranges = new ArrayList<>();
        long at = 0;
        for (Run run : runs) {
            ranges.add(new ByteRange(at, run.range().lengthBytes()));
            at += run.range().lengthBytes();
        }
        try (ChunkRewriter.Rewritten rewritten = rewriter.rewrite(live, ranges, stop)) {
            boolean used = metadata.change(writer -> repoint(writer, runs, rewritten));
            if (used) {
                rewritten.used();
            }
        }
    }

    /** Points to the new chunk what still points to the old ones; false when nothing does. */
    private static boolean repoint(MetadataWriter writer, List<Run> runs, ChunkRewriter.Rewritten rewritten)
            throws PoolException {
        Map<Long, Map<ChunkId, List<Extent>>> moved = new HashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            for (Reference reference : runs.get(i).references()) {
                for (Extent now : stillThere(writer, reference)) {
                    moved.computeIfAbsent(reference.inode(), inode -> new HashMap<>())
                            .computeIfAbsent(runs.get(i).chunk().id(), chunk -> new ArrayList<>())
                            .add(inNewChunk(now, runs.get(i), rewritten, i));
                }
            }
        }
        if (moved.isEmpty()) {
            return false;
        }
        writer.apply(new Op.AddChunk(rewritten.chunk()));
        writer.dropPendingChunk(rewritten.chunk().id());
        for (Map.Entry<Long, Map<ChunkId, List<Extent>>> ofInode : moved.entrySet()) {
            for (Map.Entry<ChunkId, List<Extent>> ofChunk : ofInode.getValue().entrySet()) {
                writer.apply(new Op.Repoint(ofInode.getKey(), ofChunk.getKey(), ofChunk.getValue()));
            }
        }
        return true;
    }

    private static List<Extent> stillThere(MetadataWriter writer, Reference reference) throws PoolException {
        Extent before = reference.extent();
        List<Extent> there = new ArrayList<>();
        if (writer.inode(reference.inode()) == null) {
            return there;
        }
        for (Extent now : writer.extents(reference.inode(), before.fileOffset(), before.fileEnd())) {
            boolean same = now.piece().chunk().equals(before.piece().chunk())
                    && now.chunkOffset() - now.fileOffset() == before.chunkOffset() - before.fileOffset();
            if (same) {
                there.add(now.narrow(before.fileOffset(), before.fileEnd()));
            }
        }
        return there;
    }

    /** The same bytes as a part of the run's piece in the new chunk. */
    private static Extent inNewChunk(Extent now, Run run, ChunkRewriter.Rewritten rewritten, int number) {
        long skip = now.chunkOffset() - run.range().offset();
        Extent whole = rewritten.extent(number, 0);
        return new Extent(now.fileOffset(), now.lengthBytes(), whole.piece(), skip);
    }
}
