package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A run of blocks of one image that is fetched once, whoever waits for it: WAITING → RUNNING → READY (what came can be
 * copied) → ENDED (it is in the image, too). State and counts are guarded by the monitor of its {@link ImageFetches};
 * the bytes are written by the one who runs it, before READY.
 */
final class FetchUnit {
    enum State {
        WAITING,
        RUNNING,
        READY,
        ENDED
    }

    final ImageFetches fetches;
    final long start;
    final long end;

    /** Whether zeros are to be made present as well. */
    final boolean keepsHoles;

    /** Where most of it comes from, as far as is known; for sharing the remotes out. */
    final @Nullable RemoteId from;

    /** What the first user asked for: bytes before it that cannot be had do not keep it from him. */
    final long wanted;

    State state = State.WAITING;

    /** Who waits for it or copies from it. */
    int users;

    /** The run it was planned for; null when several want it. */
    volatile @Nullable Track owner;

    /** Nobody wants it any more, though it is under way. */
    volatile boolean abandoned;

    @Nullable
    Outcome outcome;

    FetchUnit(
            ImageFetches fetches,
            long start,
            long end,
            long wanted,
            boolean keepsHoles,
            @Nullable RemoteId from,
            @Nullable Track owner) {
        this.fetches = fetches;
        this.wanted = wanted;
        this.start = start;
        this.end = end;
        this.keepsHoles = keepsHoles;
        this.from = from;
        this.owner = owner;
    }

    /** How far ahead of its reader it lies; nothing when several want it. */
    long distance() {
        Track track = owner;
        return track == null ? 0 : start - track.position();
    }

    /** Whether its reader was slower than was thought when it was planned. */
    boolean isOutOfReach() {
        Track track = owner;
        return track != null && start > track.reach();
    }

    boolean covers(long offset) {
        return offset >= start && offset < end;
    }

    /**
     * What came of it.
     *
     * @param landing tells which blocks are still as they were fetched; null when there was nothing to fetch
     * @param bytes from {@code begin} on, absolute positions from 0; holes are zeros
     * @param range what came, whole stretches
     * @param failure why the run behind the range did not come; null when all came
     * @param failed the run that did not come
     */
    record Outcome(
            Image.@Nullable Landing landing,
            ByteBuffer bytes,
            long begin,
            ByteRange range,
            @Nullable PoolException failure,
            ByteRange failed) {
        private static final ByteRange NOTHING = new ByteRange(0, 0);

        static Outcome nothing() {
            return new Outcome(null, ByteBuffer.allocate(0), 0, NOTHING, null, NOTHING);
        }

        static Outcome failed(PoolException failure, ByteRange range) {
            return new Outcome(null, ByteBuffer.allocate(0), 0, NOTHING, failure, range);
        }

        /** Copies what came and is still current; 0 when there is nothing of it at the offset. */
        int copy(long offset, ByteBuffer dst, long sizeBytes) {
            if (landing == null || !range.contains(offset)) {
                return 0;
            }
            for (ByteRange current : landing.wanted()) {
                if (current.contains(offset)) {
                    long end = Math.min(Math.min(current.end(), range.end()), sizeBytes);
                    int count = (int) Math.max(0, Math.min(end - offset, dst.remaining()));
                    int from = (int) (offset - begin);
                    dst.put(bytes.duplicate().limit(from + count).position(from));
                    return count;
                }
            }
            return 0;
        }
    }
}
