package io.poolfs.core.stage;

import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a content version lays over its base: runs of extents and holes without overlap; what is laid later wins. One
 * thread at a time.
 */
final class ContentMap {
    private final TreeMap<Long, PendingExtent> runs = new TreeMap<>();

    void lay(PendingExtent run) {
        long start = run.fileRange().offset();
        long end = run.fileRange().end();
        if (start == end) {
            return;
        }
        for (PendingExtent below : overlapping(run.fileRange())) {
            runs.remove(below.fileRange().offset());
            if (below.fileRange().offset() < start) {
                put(narrow(below, below.fileRange().offset(), start));
            }
            if (below.fileRange().end() > end) {
                put(narrow(below, end, below.fileRange().end()));
            }
        }
        put(run);
    }

    void lay(Extent extent) {
        lay(new PendingExtent(extent.fileRange(), extent));
    }

    /** The extents below the size, in order. */
    List<Extent> extents(long sizeBytes) {
        List<Extent> below = new ArrayList<>();
        for (PendingExtent run : runs.values()) {
            Extent extent = run.extent();
            if (extent != null && extent.fileOffset() < sizeBytes) {
                below.add(extent.narrow(0, sizeBytes));
            }
        }
        return below;
    }

    /** The holes below the size, in order. */
    List<ByteRange> holes(long sizeBytes) {
        List<ByteRange> below = new ArrayList<>();
        for (PendingExtent run : runs.values()) {
            if (run.extent() == null && run.fileRange().offset() < sizeBytes) {
                below.add(ByteRange.between(
                        run.fileRange().offset(), Math.min(run.fileRange().end(), sizeBytes)));
            }
        }
        return below;
    }

    /**
     * Where the other run says the same as this map: the same byte of the same chunk, or a hole in both. What is there
     * need not be said twice.
     */
    List<ByteRange> common(PendingExtent other) {
        List<ByteRange> same = new ArrayList<>();
        for (PendingExtent run : overlapping(other.fileRange())) {
            if (saysTheSame(run.extent(), other.extent())) {
                same.add(run.fileRange().intersect(other.fileRange()));
            }
        }
        return same;
    }

    /** The part of a run inside [start, end), which must overlap it. */
    static PendingExtent narrow(PendingExtent run, long start, long end) {
        ByteRange range = run.fileRange().intersect(ByteRange.between(start, end));
        Extent extent = run.extent();
        return new PendingExtent(range, extent == null ? null : extent.narrow(range.offset(), range.end()));
    }

    private List<PendingExtent> overlapping(ByteRange range) {
        List<PendingExtent> found = new ArrayList<>();
        Map.Entry<Long, PendingExtent> at = runs.floorEntry(range.offset());
        if (at != null && at.getValue().fileRange().overlaps(range)) {
            found.add(at.getValue());
        }
        found.addAll(runs.subMap(range.offset(), false, range.end(), false).values());
        return found;
    }

    private void put(PendingExtent run) {
        runs.put(run.fileRange().offset(), run);
    }

    private static boolean saysTheSame(@Nullable Extent a, @Nullable Extent b) {
        if (a == null || b == null) {
            return a == null && b == null;
        }
        return a.piece().chunk().equals(b.piece().chunk())
                && a.chunkOffset() - a.fileOffset() == b.chunkOffset() - b.fileOffset();
    }
}
