package io.poolfs.core.pool;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.stage.ChunkRewriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what a damaged chunk held into new chunks, as far as its bytes are still somewhere, and lets the files point
 * there. The damaged chunk itself is left to gc, once nothing points to it. One thread at a time.
 */
final class ChunkRescue {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkRescue.class);

    /** How much goes into one new chunk. */
    private static final int BATCH_BYTES = 8 << 20;

    private final Metadata metadata;
    private final RescueSources sources;
    private final ChunkRewriter rewriter;

    private record Saved(LostRange lost, ByteRange inBatch) {}

    ChunkRescue(Metadata metadata, RescueSources sources, ChunkRewriter rewriter) {
        this.metadata = metadata;
        this.sources = sources;
        this.rewriter = rewriter;
    }

    /**
     * Returns how many bytes lie in new chunks now.
     *
     * @throws PoolException CANCELLED when {@code stop} says so, or what the upload ended with
     */
    long rescue(Damage damage, BooleanSupplier stop) throws PoolException {
        Remote copy = sources.copyOf(damage.chunk());
        ByteBuffer batch = ByteBuffer.allocate(BATCH_BYTES);
        List<Saved> saved = new ArrayList<>();
        long rescued = 0;
        for (LostRange lost : LostRange.of(metadata, damage)) {
            for (LostRange part : cut(lost)) {
                ByteBuffer bytes = bytes(damage, part, copy);
                if (bytes == null) {
                    continue;
                }
                if (bytes.remaining() > batch.remaining()) {
                    rescued += move(batch, saved, stop);
                }
                saved.add(new Saved(part, new ByteRange(batch.position(), bytes.remaining())));
                batch.put(bytes);
            }
        }
        return rescued + move(batch, saved, stop);
    }

    private static List<LostRange> cut(LostRange lost) {
        List<LostRange> parts = new ArrayList<>();
        Extent extent = lost.extent();
        for (long at = extent.fileOffset(); at < extent.fileEnd(); at += BATCH_BYTES) {
            parts.add(new LostRange(lost.inode(), extent.narrow(at, Math.min(extent.fileEnd(), at + BATCH_BYTES))));
        }
        return parts;
    }

    private @Nullable ByteBuffer bytes(Damage damage, LostRange part, @Nullable Remote copy) {
        try {
            ByteBuffer cached = sources.cached(damage.chunk(), part);
            return cached == null && copy != null ? sources.copied(copy, damage.chunk(), part) : cached;
        } catch (PoolException e) {
            LOG.warn("inode {} at {}: {}", part.inode(), part.extent().fileRange(), e.getMessage());
            return null;
        }
    }

    private long move(ByteBuffer batch, List<Saved> saved, BooleanSupplier stop) throws PoolException {
        if (saved.isEmpty()) {
            return 0;
        }
        long bytes = batch.position();
        List<ByteRange> runs = saved.stream().map(Saved::inBatch).toList();
        try (ChunkRewriter.Rewritten rewritten = rewriter.rewrite(batch.flip(), runs, stop)) {
            if (metadata.change(writer -> repoint(writer, saved, rewritten))) {
                rewritten.used();
            }
        }
        batch.clear();
        saved.clear();
        return bytes;
    }

    /** False when nothing points to the damaged chunk any more. */
    private static boolean repoint(MetadataWriter writer, List<Saved> saved, ChunkRewriter.Rewritten rewritten)
            throws PoolException {
        Map<Long, List<Extent>> moved = new TreeMap<>();
        ChunkId from = saved.get(0).lost().extent().piece().chunk();
        for (int i = 0; i < saved.size(); i++) {
            LostRange lost = saved.get(i).lost();
            Extent whole = rewritten.extent(i, lost.extent().fileOffset());
            for (Extent now : lost.stillThere(writer)) {
                moved.computeIfAbsent(lost.inode(), inode -> new ArrayList<>())
                        .add(whole.narrow(now.fileOffset(), now.fileEnd()));
            }
        }
        if (moved.isEmpty()) {
            return false;
        }
        writer.apply(new Op.AddChunk(rewritten.chunk()));
        writer.dropPendingChunk(rewritten.chunk().id());
        for (Map.Entry<Long, List<Extent>> ofInode : moved.entrySet()) {
            ofInode.getValue().sort((a, b) -> Long.compare(a.fileOffset(), b.fileOffset()));
            writer.apply(new Op.Repoint(ofInode.getKey(), from, ofInode.getValue()));
        }
        return true;
    }
}
