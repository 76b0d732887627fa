package io.poolfs.cli.service;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.poolfs.core.remote.RemoteActivity;
import io.poolfs.core.remote.RemoteStatus;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code poolfs status} tells.
 *
 * @param state mounted, draining, open (by a command, without a mount)
 * @param transport what carries the requests of the mount: kernel, or jnr and why
 * @param readOnlyReason why nothing can be written, or null
 * @param limitBytesPerSecond of all remotes together, each way, at this time of day; 0: none
 * @param stage what has not reached the remotes yet
 */
public record PoolStatus(
        String pool,
        @Nullable String poolId,
        String version,
        String state,
        @Nullable String mountpoint,
        @Nullable String transport,
        @Nullable String readOnlyReason,
        long pid,
        Instant since,
        Stage stage,
        Log journal,
        Cache cache,
        Reading reading,
        long limitBytesPerSecond,
        Space space,
        List<RemoteInfo> remotes,
        List<String> notes) {

    /**
     * @param oldestSeconds since when the longest waiting change waits
     * @param drainSeconds how long the staged bytes take at the speed of now; null when nothing moves
     */
    public record Stage(
            long modifiedFiles,
            long stagedBytes,
            long oldestSeconds,
            int uploadsInProgress,
            long uploadedBytes,
            @Nullable Long drainSeconds) {}

    /** {@code epoch}: 0 while the right to write has not been claimed. */
    public record Log(long lastTransaction, long shippedTransaction, long epoch) {
        /** Transactions that are only on this machine. */
        @JsonProperty
        public long behind() {
            return Math.max(0, lastTransaction - shippedTransaction);
        }
    }

    /**
     * @param hitPercent how much of what was read did not have to be fetched; null when nothing was read
     * @param pinnedLimitBytes what pins may take
     */
    public record Cache(
            String directory,
            String fsync,
            long limitBytes,
            long cleanBytes,
            long stagedBytes,
            @Nullable Integer hitPercent,
            int pinnedFiles,
            long pinnedBytes,
            long pinnedLimitBytes) {}

    /** {@code readers}: files that were read in the last seconds. */
    public record Reading(long readBytes, int openFiles, int readers) {}

    /** {@code known}: false when a remote does not tell its room. */
    public record Space(long totalBytes, long freeBytes, boolean known, long inodes) {}

    /**
     * One remote: what is known of it, and this pool's bytes there.
     *
     * @param way how it is reached: rclone, or direct
     * @param upBytesPerSecond now, all uploads together
     * @param waiting transfers that wait for their turn
     */
    public record RemoteInfo(
            String name,
            @Nullable String way,
            @Nullable String id,
            String health,
            boolean enabled,
            boolean full,
            int priority,
            @Nullable Long capacityBytes,
            @Nullable Long freeBytes,
            long poolBytes,
            long poolChunks,
            long garbageBytes,
            String store,
            int uploadsInProgress,
            int downloadsInProgress,
            long uploadedBytes,
            long downloadedBytes,
            long upBytesPerSecond,
            long downBytesPerSecond,
            int waiting,
            long limitBytesPerSecond,
            long requests,
            long failures,
            @Nullable String lastError) {

        public static RemoteInfo of(
                RemoteStatus status, RemoteActivity activity, long poolBytes, long poolChunks, long garbageBytes) {
            return new RemoteInfo(
                    status.name(),
                    activity.way(),
                    status.id() == null ? null : status.id().hex(),
                    status.health().name().toLowerCase(Locale.ROOT),
                    status.enabled(),
                    status.full(),
                    status.priority(),
                    boxed(status.capacityBytes()),
                    boxed(status.freeBytes()),
                    poolBytes,
                    poolChunks,
                    garbageBytes,
                    status.storeKey(),
                    status.uploadsInProgress(),
                    status.downloadsInProgress(),
                    status.uploadedBytes(),
                    status.downloadedBytes(),
                    activity.upBytesPerSecond(),
                    activity.downBytesPerSecond(),
                    activity.waiting(),
                    activity.limitBytesPerSecond(),
                    activity.requests(),
                    activity.failures(),
                    status.lastError());
        }

        private static @Nullable Long boxed(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }
    }
}
