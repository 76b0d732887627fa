package io.poolfs.core.remote;

import io.poolfs.core.model.RemoteId;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of what is known of a remote.
 *
 * @param enabled false: takes no new chunks
 * @param full true: it refused for lack of room a while ago, or has less than {@code minFreeBytes}
 * @param capacityBytes as set by the user or told by the backend
 * @param freeBytes what can still be written, already less {@code minFreeBytes}; empty when unknown
 * @param storeFreeBytes as {@code freeBytes}, but for a capacity that the user has set: what its store still takes from
 *     all remotes that share it; empty when unknown
 * @param storeKey same for remotes that share one device or account, so that room is counted once
 * @param uploadSlots how many uploads it takes at a time
 * @param lastError of the last failed call, or what it delivered damaged in the last hour; null when all went well
 */
public record RemoteStatus(
        String name,
        @Nullable RemoteId id,
        Health health,
        boolean enabled,
        boolean full,
        int priority,
        OptionalLong capacityBytes,
        OptionalLong freeBytes,
        OptionalLong storeFreeBytes,
        long minFreeBytes,
        String storeKey,
        int uploadSlots,
        int uploadsInProgress,
        int downloadsInProgress,
        long uploadedBytes,
        long downloadedBytes,
        @Nullable String lastError) {

    /** Of a remote that nothing but its store limits. */
    public RemoteStatus(
            String name,
            @Nullable RemoteId id,
            Health health,
            boolean enabled,
            boolean full,
            int priority,
            OptionalLong capacityBytes,
            OptionalLong freeBytes,
            long minFreeBytes,
            String storeKey,
            int uploadSlots,
            int uploadsInProgress,
            int downloadsInProgress,
            long uploadedBytes,
            long downloadedBytes,
            @Nullable String lastError) {
        this(
                name,
                id,
                health,
                enabled,
                full,
                priority,
                capacityBytes,
                freeBytes,
                freeBytes,
                minFreeBytes,
                storeKey,
                uploadSlots,
                uploadsInProgress,
                downloadsInProgress,
                uploadedBytes,
                downloadedBytes,
                lastError);
    }

    public enum Health {
        HEALTHY,
        /** Failed lately; still tried. */
        SUSPECT,
        /** Not asked except by probes. */
        DOWN,
        /** What answers under this name is not the remote we know. */
        MISSING
    }

    /** Whether a new chunk may go there now. */
    public boolean takesChunks() {
        return enabled && !full && id != null && (health == Health.HEALTHY || health == Health.SUSPECT);
    }

    /** Its name at the head of a message, with one colon. */
    public String label() {
        return RemoteLabel.of(name);
    }
}
