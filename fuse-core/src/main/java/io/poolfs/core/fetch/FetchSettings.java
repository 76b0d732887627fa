package io.poolfs.core.fetch;

import java.time.Duration;

/**
 * Limits of the fetcher.
 *
 * @param readAheadMaxBytes largest window of one reader
 * @param unitsPerRemote fetches ahead of readers that are under way from one remote at a time
 * @param maxTasks fetches ahead of readers that are under way at a time
 * @param patience how long a reader waits for room in the budget before its bytes are passed on without being kept
 */
public record FetchSettings(long readAheadMaxBytes, int unitsPerRemote, int maxTasks, Duration patience) {
    private static final int UNITS_PER_REMOTE = 4;
    private static final int MAX_TASKS = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The usual limits. */
    public static FetchSettings of(long readAheadMaxBytes) {
        return new FetchSettings(readAheadMaxBytes, UNITS_PER_REMOTE, MAX_TASKS, PATIENCE);
    }
}
