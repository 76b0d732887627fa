package io.poolfs.core.placement;

import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStatus;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A remote as placement sees it.
 *
 * @param usedBytes bytes of this pool's chunks there, those that are on their way included
 * @param inFlightBytes the part of it that is placed there and not acknowledged yet: the remote's own account of its
 *     room does not know it
 * @param inFlightChunks how many chunks that is
 * @param toGoBytes how much of it has not passed yet, about
 * @param bytesPerSecond measured upload speed; 0 = not measured yet
 * @param stalled an upload to it takes much longer than it should
 */
public record Candidate(
        RemoteStatus status,
        long usedBytes,
        long inFlightBytes,
        int inFlightChunks,
        long toGoBytes,
        long bytesPerSecond,
        boolean stalled) {
    @Nullable
    RemoteId id() {
        return status.id();
    }

    /** Its room by its own account; what is on the way to it is not subtracted. */
    OptionalLong statedFreeBytes() {
        return status.full() ? OptionalLong.of(0) : status.freeBytes();
    }

    /** In how many seconds it would have so many bytes more; one that was not measured may be as fast as the fastest. */
    double doneSeconds(long moreBytes, long fastest) {
        return (double) (toGoBytes + moreBytes) / Math.max(1, bytesPerSecond > 0 ? bytesPerSecond : fastest);
    }

    /** Chunks in front of the next one, per upload slot. */
    double queue() {
        return (double) inFlightChunks / Math.max(1, status.uploadSlots());
    }
}
