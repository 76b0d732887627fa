package io.poolfs.core.placement;

import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that looks for a remote.
 *
 * @param failed remotes that refused this chunk already, and why; they are not asked again
 * @param fileAt the remote that holds the file's other chunks; null when there is none or the chunk is of many files
 * @param turn counts the chunks, for round-robin
 */
public record PlacementRequest(
        long sizeBytes,
        Map<RemoteId, Reason> failed,
        @Nullable RemoteId fileAt,
        long turn) {}
