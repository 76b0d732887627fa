package io.poolfs.core.fetch;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings one unit in: reserves room, resolves what its absent blocks hold, reads and verifies it, and puts it into the
 * image. Stateless; used by readers for themselves and by tasks ahead of them.
 */
final class UnitRunner {
    private static final int BLOCK = Image.BLOCK_BYTES;
    private static final byte[] ZEROS = new byte[16 * BLOCK];

    private final ContentResolver resolver;
    private final ChunkReader chunks;
    private final Budget budget;
    private final FetchCounters counters;
    private final Buffers buffers;

    UnitRunner(ContentResolver resolver, ChunkReader chunks, Budget budget, Buffers buffers, FetchCounters counters) {
        this.resolver = resolver;
        this.chunks = chunks;
        this.budget = budget;
        this.buffers = buffers;
        this.counters = counters;
    }

    /** How room is had for a unit. */
    @FunctionalInterface
    interface Reservation {
        /** False: there is none, and the unit is passed on without being kept. */
        boolean reserve(long bytes) throws PoolException;
    }

    /** Told as soon as readers can copy, before the bytes are in the image. */
    @FunctionalInterface
    interface Ready {
        void accept(FetchUnit.Outcome outcome);
    }

    /**
     * Runs the unit. Gives exactly one outcome, whatever happens: nothing, when it was dropped or died.
     *
     * @param isDemanded false: without room the unit is dropped
     * @param first asked before remotes are
     */
    void run(FetchUnit unit, Image image, boolean isDemanded, Reservation reservation, PieceSource first, Ready ready) {
        FetchUnit.Outcome outcome = null;
        Image.Landing landing = null;
        long reserved = 0;
        try {
            landing = image.land(unit.start, unit.end - unit.start);
            Plan plan = plan(unit, image, landing.wanted());
            if (plan.stretches().isEmpty()) {
                return;
            }
            long cost = plan.keepBytes() == 0 ? 0 : landing.costBytes(plan.keepBytes());
            boolean hasRoom = cost == 0 || reservation.reserve(cost);
            if (!hasRoom && !isDemanded) {
                counters.droppedForRoom();
                return;
            }
            reserved = hasRoom ? cost : 0;
            outcome = fetch(unit, landing, plan, first);
            PoolException failure = outcome.failure();
            if (failure != null && failure.reason() == Reason.CANCELLED) {
                // Who wants it again since then asks for it himself.
                buffers.giveBack(outcome.bytes());
                outcome = null;
                return;
            }
            ready.accept(outcome);
            if (reserved > 0) {
                long mine = reserved;
                reserved = 0;
                keep(landing, plan, outcome, mine, !isDemanded);
            }
        } catch (PoolException e) {
            if (outcome == null) {
                outcome = FetchUnit.Outcome.failed(e, ByteRange.between(unit.start, unit.end));
                ready.accept(outcome);
                closeQuietly(landing);
            } else {
                // The readers have their bytes; that they could not be kept is a miss next time.
                counters.notKept(e);
            }
        } finally {
            budget.release(Budget.Use.CLEAN, reserved);
            if (outcome == null) {
                ready.accept(FetchUnit.Outcome.nothing());
                closeQuietly(landing);
            }
        }
    }

    private static void closeQuietly(Image.@Nullable Landing landing) {
        if (landing != null) {
            landing.close();
        }
    }

    /** What a unit consists of. {@code keep}: whole blocks that go into the image. */
    private record Plan(ByteRange hull, List<Stretch> stretches, List<ByteRange> keep) {
        long keepBytes() {
            return keep.stream().mapToLong(ByteRange::lengthBytes).sum();
        }
    }

    private Plan plan(FetchUnit unit, Image image, List<ByteRange> wanted) throws PoolException {
        if (wanted.isEmpty()) {
            return new Plan(new ByteRange(0, 0), List.of(), List.of());
        }
        ByteRange hull = ByteRange.between(
                wanted.get(0).offset(), wanted.get(wanted.size() - 1).end());
        List<Stretch> stretches = resolver.resolve(image, hull.offset(), hull.end());
        List<ByteRange> keep = new ArrayList<>();
        for (Stretch stretch : stretches) {
            if (unit.keepsHoles || !stretch.isHole()) {
                long start = stretch.start() - stretch.start() % BLOCK;
                long end = (stretch.end() + BLOCK - 1) / BLOCK * BLOCK;
                int last = keep.size() - 1;
                if (last >= 0 && keep.get(last).end() >= start) {
                    keep.set(
                            last,
                            ByteRange.between(
                                    keep.get(last).offset(),
                                    Math.max(end, keep.get(last).end())));
                } else {
                    keep.add(ByteRange.between(start, end));
                }
            }
        }
        return new Plan(hull, stretches, keep);
    }

    /**
     * Reads stretch after stretch, neighbours of one chunk at once; ends at the first that fails, but for those before
     * what is wanted.
     */
    private FetchUnit.Outcome fetch(FetchUnit unit, Image.Landing landing, Plan plan, PieceSource first) {
        ByteRange hull = plan.hull();
        long from = hull.offset();
        ByteBuffer bytes = buffers.take((int) hull.lengthBytes());
        List<Stretch> stretches = plan.stretches();
        for (int i = 0; i < stretches.size(); ) {
            int next = i + 1;
            while (next < stretches.size() && follows(stretches.get(next - 1), stretches.get(next))) {
                next++;
            }
            List<Stretch> run = stretches.subList(i, next);
            ByteRange range = ByteRange.between(
                    run.get(0).start(), run.get(run.size() - 1).end());
            try {
                readRun(unit, run, slice(bytes, hull, range), first);
            } catch (PoolException e) {
                if (range.end() > unit.wanted || e.reason() == Reason.CANCELLED) {
                    return new FetchUnit.Outcome(
                            landing, bytes, hull.offset(), ByteRange.between(from, range.offset()), e, range);
                }
                from = range.end();
            }
            i = next;
        }
        return new FetchUnit.Outcome(
                landing, bytes, hull.offset(), ByteRange.between(from, hull.end()), null, new ByteRange(0, 0));
    }

    private static boolean follows(Stretch first, Stretch second) {
        Extent a = first.extent();
        Extent b = second.extent();
        return a != null
                && b != null
                && a.piece().chunk().equals(b.piece().chunk())
                && a.chunkOffset() + a.lengthBytes() == b.chunkOffset();
    }

    private void readRun(FetchUnit unit, List<Stretch> run, ByteBuffer dst, PieceSource first) throws PoolException {
        Chunk chunk = run.get(0).chunk();
        if (chunk == null) {
            fillWithZeros(dst);
            return;
        }
        if (first.read(chunk, extentsOf(run), dst)) {
            return;
        }
        int start = dst.position();
        try {
            chunks.read(chunk, extentsOf(run), dst, () -> !unit.abandoned);
        } catch (PoolException e) {
            if (e.reason() != Reason.OBJECT_NOT_FOUND) {
                throw e;
            }
            readMoved(unit.fetches.image(), run, chunk, dst.position(start), e);
        }
        counters.fetched(dst.position() - start);
    }

    /** The chunk is not there: compaction may have moved its bytes since the metadata was read. */
    private void readMoved(Image image, List<Stretch> run, Chunk before, ByteBuffer dst, PoolException cause)
            throws PoolException {
        long start = run.get(0).start();
        for (Stretch now :
                resolver.resolve(image, start, run.get(run.size() - 1).end())) {
            Chunk chunk = now.chunk();
            Extent extent = now.extent();
            if (chunk == null || extent == null || chunk.id().equals(before.id())) {
                throw new PoolException(
                        Reason.CORRUPT,
                        "chunk " + before.id() + " is gone from its remote: " + cause.getMessage(),
                        cause);
            }
            int from = dst.position();
            try {
                chunks.read(
                        chunk, List.of(extent), dst.duplicate().limit(from + (int) extent.lengthBytes()), () -> true);
            } catch (PoolException e) {
                throw e.reason() == Reason.OBJECT_NOT_FOUND
                        ? new PoolException(
                                Reason.CORRUPT,
                                "chunk " + chunk.id() + " is gone from its remote: " + e.getMessage(),
                                e)
                        : e;
            }
            dst.position(from + (int) extent.lengthBytes());
        }
    }

    private static void fillWithZeros(ByteBuffer dst) {
        while (dst.hasRemaining()) {
            dst.put(ZEROS, 0, Math.min(ZEROS.length, dst.remaining()));
        }
    }

    private static List<Extent> extentsOf(List<Stretch> run) {
        List<Extent> extents = new ArrayList<>();
        for (Stretch stretch : run) {
            if (stretch.extent() != null) {
                extents.add(stretch.extent());
            }
        }
        return extents;
    }

    private void keep(Image.Landing landing, Plan plan, FetchUnit.Outcome outcome, long reserved, boolean isAhead)
            throws PoolException {
        long left = reserved;
        long start = (outcome.range().offset() + BLOCK - 1) / BLOCK * BLOCK;
        long end = outcome.range().end() - outcome.range().end() % BLOCK;
        end = outcome.failure() == null ? plan.hull().end() : end;
        try {
            for (ByteRange range : plan.keep()) {
                ByteRange came = range.intersect(ByteRange.between(start, Math.max(end, start)));
                if (!came.isEmpty()) {
                    long mine = Math.min(left, landing.costBytes(came.lengthBytes()));
                    left -= mine;
                    landing.install(came.offset(), slice(outcome.bytes(), plan.hull(), came), mine, isAhead);
                }
            }
        } finally {
            budget.release(Budget.Use.CLEAN, left);
        }
    }

    private static ByteBuffer slice(ByteBuffer bytes, ByteRange hull, ByteRange part) {
        return bytes.duplicate().limit((int) (part.end() - hull.offset())).position((int)
                (part.offset() - hull.offset()));
    }
}
