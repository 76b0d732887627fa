package io.poolfs.core.placement;

/** What makes a remote the next one to take a chunk ({@code balance} in the configuration). */
public enum Balance {
    /** The one with the fewest bytes of this pool. */
    LEAST_USED,
    /** The one with the most room; a remote that does not tell its room counts as the roomiest known one. */
    MOST_FREE,
    /** The one with the fewest bytes of this pool for its capacity; unknown capacity counts as the mean of the known. */
    WEIGHTED,
    /** Each in turn. */
    ROUND_ROBIN
}
