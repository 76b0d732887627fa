package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows the pool's history on the members, segment by segment and by exact name, taking each from any member that has
 * an intact copy. Used by one thread at a time.
 */
final class HistoryWalk {
    private static final int AHEAD = 16;
    private static final long AHEAD_BYTES = 32L << 20;

    private final Layout layout;
    private final SegmentCodec codec;
    private final Copies copies;
    private final EpochLine line;
    private final long deadlineNanos;

    /** What members show of the epoch listed last: segments by first transaction, with who has them. */
    private final NavigableMap<Long, Map<RemoteId, Long>> shown = new TreeMap<>();

    private @Nullable NumberedName listed;
    private long readThrough;

    HistoryWalk(Layout layout, SegmentCodec codec, Copies copies, EpochLine line, long deadlineNanos) {
        this.layout = layout;
        this.codec = codec;
        this.copies = copies;
        this.line = line;
        this.deadlineNanos = deadlineNanos;
    }

    /** Hands over the segments behind the position, in order, and says where and why history ends. */
    End walk(ChainPosition start, Sink sink) throws PoolException {
        ChainPosition position = start;
        EpochLine.Span span = line.behind(position);
        if (span == null) {
            return new End(position, line.isEmpty() ? null : position + " is not part of the pool's history");
        }
        while (span != null) {
            long first = position.last() + 1;
            NumberedName epoch = span.epoch();
            readAhead(epoch, first);
            ChainPosition previous = position;
            Copies.Found<Segment> found = copies.find(
                    layout.segment(epoch.number(), epoch.owner(), first),
                    SegmentCodec.MAX_OBJECT_BYTES,
                    (bytes, where) -> follow(codec.decode(bytes, epoch, first, where), previous, where),
                    deadlineNanos);
            Segment segment = found.value();
            if (segment == null) {
                boolean newest = span.to() == null;
                return new End(
                        position,
                        gap(span, first, !found.holders().isEmpty()),
                        newest ? Set.copyOf(found.holders()) : Set.of());
            }
            ChainPosition to = span.to();
            if (to != null && segment.header().last() > to.last()) {
                return new End(position, "segment " + epoch + "/" + first + " goes beyond " + to);
            }
            sink.take(segment, found.bytes());
            position = segment.end();
            span = line.behind(position);
            if (span == null) {
                return new End(position, position + " is not what the next epoch goes on from");
            }
        }
        throw new IllegalStateException("history without end");
    }

    /** Reads the next segments that members show, many at once: history may have a thousand. */
    private void readAhead(NumberedName epoch, long first) throws PoolException {
        if (!epoch.equals(listed)) {
            listed = epoch;
            shown.clear();
            String folder = layout.segmentFolder(epoch.number(), epoch.owner());
            copies.listHolders(folder, deadlineNanos).forEach((name, holders) -> {
                if (NumberedName.number(name) > 0) {
                    shown.put(NumberedName.number(name), holders);
                }
            });
            readThrough = 0;
        }
        if (first <= readThrough || !shown.containsKey(first)) {
            return;
        }
        Map<String, Map<RemoteId, Long>> next = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<Long, Map<RemoteId, Long>> segment :
                shown.tailMap(first, true).entrySet()) {
            bytes += Collections.max(segment.getValue().values());
            if (next.size() == AHEAD || (bytes > AHEAD_BYTES && !next.isEmpty())) {
                break;
            }
            next.put(layout.segment(epoch.number(), epoch.owner(), segment.getKey()), segment.getValue());
            readThrough = segment.getKey();
        }
        if (next.size() > 1) {
            copies.readAhead(next, SegmentCodec.MAX_OBJECT_BYTES, deadlineNanos);
        }
    }

    private static Segment follow(Segment segment, ChainPosition previous, String where) throws PoolException {
        if (!segment.header().previous().equals(previous)) {
            throw new PoolException(
                    Reason.CORRUPT, where + " follows " + segment.header().previous() + ", not " + previous);
        }
        return segment;
    }

    private @Nullable String gap(EpochLine.Span span, long first, boolean somewhere) throws PoolException {
        if (somewhere) {
            return "no member has an intact copy of segment " + span.epoch() + "/" + first + ": transactions from "
                    + first + " on are not readable";
        }
        ChainPosition to = span.to();
        long next = to == null ? nextListed(span.epoch(), first) : to.last() + 1;
        return next == 0 ? null : "transactions " + first + " to " + (next - 1) + " are missing on every member read";
    }

    /** The first transaction of the next segment that members show behind this one; 0 when there is none. */
    private long nextListed(NumberedName epoch, long first) throws PoolException {
        String folder = layout.segmentFolder(epoch.number(), epoch.owner());
        return copies.list(folder, deadlineNanos).stream()
                .mapToLong(NumberedName::number)
                .filter(number -> number > first)
                .min()
                .orElse(0);
    }

    /** Takes a checked segment and the bytes of its object. */
    @FunctionalInterface
    interface Sink {
        void take(Segment segment, byte[] object) throws PoolException;
    }

    /**
     * Where the walk ended.
     *
     * @param gap null at the head of history; else what keeps it from going on
     * @param torn when what is missing would be the newest segment: the members that have a copy of it, none intact
     */
    record End(ChainPosition position, @Nullable String gap, Set<RemoteId> torn) {
        End(ChainPosition position, @Nullable String gap) {
            this(position, gap, Set.of());
        }
    }
}
