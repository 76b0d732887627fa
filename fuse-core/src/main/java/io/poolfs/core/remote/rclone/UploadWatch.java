package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import java.util.Map;

/** Gives an upload up when its bytes stop moving for the timeout. Used by the one thread that waits for the upload. */
final class UploadWatch implements HttpPool.Watch {
    static final int LOOKS_PER_STALL = 4;

    /** After its last byte a remote may take its time to store the object. */
    private static final int PATIENCE_AT_THE_END = 2;

    private final Clock clock;
    private final RcClient client;
    private final String group;
    private final long sizeBytes;
    private final long stallNanos;
    private long movedAt;
    private long first = -1;
    private long seen = -1;

    UploadWatch(Clock clock, RcClient client, String group, long sizeBytes, long stallNanos) {
        this.clock = clock;
        this.client = client;
        this.group = group;
        this.sizeBytes = sizeBytes;
        this.stallNanos = stallNanos;
        this.movedAt = clock.monotonicNanos();
    }

    @Override
    public void look() throws PoolException {
        long now = clock.monotonicNanos();
        long bytes = bytes(now + stallNanos / LOOKS_PER_STALL);
        if (bytes != seen) {
            if (seen >= 0 || bytes > 0) {
                movedAt = now;
            }
            first = first < 0 ? bytes : first;
            seen = bytes;
        }
        boolean atTheEnd = seen - Math.max(0, first) >= sizeBytes;
        long patience = atTheEnd ? PATIENCE_AT_THE_END * stallNanos : stallNanos;
        if (now - movedAt >= patience) {
            throw new PoolException(
                    Reason.TIMEOUT, "upload stands still for " + (now - movedAt) / 1_000_000_000L + " s");
        }
    }

    /** The group's bytes; what was seen before when rclone cannot tell. */
    private long bytes(long deadlineNanos) throws PoolException {
        try {
            return client.call("core/stats", Map.of("group", group), deadlineNanos)
                    .path("bytes")
                    .asLong(seen);
        } catch (RcFailure e) {
            return seen;
        } catch (PoolException e) {
            // A slow look must not end an upload that may be well; if rclone died, the upload's own call says so.
            if (e.reason() == Reason.TIMEOUT || e.reason() == Reason.REMOTE_UNAVAILABLE) {
                return seen;
            }
            throw e;
        }
    }
}
