package io.poolfs.core.pool;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataReader.Reference;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;

/** A run of a file that lies in a damaged part of a chunk: {@code extent} is just that run. */
record LostRange(long inode, Extent extent) {
    /** All that the damage hurts now. */
    static List<LostRange> of(Metadata metadata, Damage damage) throws PoolException {
        return metadata.read(reader -> of(reader, damage));
    }

    private static List<LostRange> of(MetadataReader reader, Damage damage) throws PoolException {
        List<LostRange> lost = new ArrayList<>();
        reader.references(damage.chunk().id(), reference -> {
            if (!matters(reader, reference.inode())) {
                return true;
            }
            for (ByteRange bad : damage.ranges()) {
                add(reference, bad, lost);
            }
            return true;
        });
        return lost;
    }

    /** A file that has been deleted and waits for its end needs nothing. */
    private static boolean matters(MetadataReader reader, long inode) throws PoolException {
        return reader.orphan(inode) == null || reader.isHeldAsDisplaced(inode);
    }

    private static void add(Reference reference, ByteRange bad, List<LostRange> lost) {
        Extent extent = reference.extent();
        long shift = extent.fileOffset() - extent.chunkOffset();
        long start = Math.max(extent.fileOffset(), bad.offset() + shift);
        long end = Math.min(extent.fileEnd(), bad.end() + shift);
        if (start < end) {
            lost.add(new LostRange(reference.inode(), extent.narrow(start, end)));
        }
    }

    /** What of it the metadata still have there. */
    List<Extent> stillThere(MetadataReader reader) throws PoolException {
        List<Extent> there = new ArrayList<>();
        if (reader.inode(inode) == null) {
            return there;
        }
        ChunkId chunk = extent.piece().chunk();
        for (Extent now : reader.extents(inode, extent.fileOffset(), extent.fileEnd())) {
            boolean same = now.piece().chunk().equals(chunk)
                    && now.chunkOffset() - now.fileOffset() == extent.chunkOffset() - extent.fileOffset();
            if (same) {
                there.add(now.narrow(extent.fileOffset(), extent.fileEnd()));
            }
        }
        return there;
    }
}
