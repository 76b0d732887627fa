package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A set of block numbers as runs: for few runs of any length. Used by one thread at a time. */
final class BlockRanges {
    /** Start to end of each run; runs neither overlap nor touch. */
    private final NavigableMap<Long, Long> runs = new TreeMap<>();

    void add(long from, long to) {
        if (from >= to) {
            return;
        }
        long start = from;
        long end = to;
        Map.Entry<Long, Long> touching = runs.floorEntry(to);
        while (touching != null && touching.getValue() >= from) {
            start = Math.min(start, touching.getKey());
            end = Math.max(end, touching.getValue());
            runs.remove(touching.getKey());
            touching = runs.floorEntry(to);
        }
        runs.put(start, end);
    }

    /** The parts of the byte range in whose blocks the set has none. */
    List<ByteRange> gaps(ByteRange range) {
        List<ByteRange> found = new ArrayList<>();
        long at = range.offset();
        Map.Entry<Long, Long> run = runs.floorEntry(at / Image.BLOCK_BYTES);
        run = run == null ? runs.firstEntry() : run;
        while (run != null && at < range.end()) {
            long start = Math.min(range.end(), run.getKey() * Image.BLOCK_BYTES);
            if (at < start) {
                found.add(ByteRange.between(at, start));
            }
            at = Math.max(at, run.getValue() * Image.BLOCK_BYTES);
            run = runs.higherEntry(run.getKey());
        }
        if (at < range.end()) {
            found.add(ByteRange.between(at, range.end()));
        }
        return found;
    }
}
