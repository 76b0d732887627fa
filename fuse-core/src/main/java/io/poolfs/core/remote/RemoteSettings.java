package io.poolfs.core.remote;

import io.poolfs.core.model.Timetable;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How a remote is to be used.
 *
 * @param name as rclone knows it
 * @param priority remotes with the lowest number are filled first
 * @param enabled false: takes no new chunks
 * @param capacityBytes set by the user; empty: what the backend tells
 * @param minFreeBytes kept free for metadata
 * @param uploads how many at a time
 * @param downloads how many at a time
 * @param bandwidth for uploads and for downloads each
 * @param requestsPerSecond 0 = no limit
 * @param timeout of one answer
 */
public record RemoteSettings(
        String name,
        int priority,
        boolean enabled,
        OptionalLong capacityBytes,
        long minFreeBytes,
        int uploads,
        int downloads,
        Timetable bandwidth,
        double requestsPerSecond,
        Duration timeout) {

    public static final long DEFAULT_MIN_FREE_BYTES = 256L << 20;
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private static final int DEFAULT_UPLOADS = 2;
    private static final int DEFAULT_DOWNLOADS = 4;

    public RemoteSettings {
        if (uploads < 1 || downloads < 1 || minFreeBytes < 0 || requestsPerSecond < 0) {
            throw new IllegalArgumentException("settings of remote " + name);
        }
    }

    /** A remote with every other setting at its default. */
    public static RemoteSettings of(String name) {
        return new RemoteSettings(
                name,
                0,
                true,
                OptionalLong.empty(),
                DEFAULT_MIN_FREE_BYTES,
                DEFAULT_UPLOADS,
                DEFAULT_DOWNLOADS,
                Timetable.NO_LIMIT,
                0,
                DEFAULT_TIMEOUT);
    }

    public RemoteSettings withTimeout(Duration value) {
        return new RemoteSettings(
                name,
                priority,
                enabled,
                capacityBytes,
                minFreeBytes,
                uploads,
                downloads,
                bandwidth,
                requestsPerSecond,
                value);
    }

    public RemoteSettings withCapacity(OptionalLong bytes, long minFree) {
        return new RemoteSettings(
                name, priority, enabled, bytes, minFree, uploads, downloads, bandwidth, requestsPerSecond, timeout);
    }

    public RemoteSettings withEnabled(boolean value) {
        return new RemoteSettings(
                name,
                priority,
                value,
                capacityBytes,
                minFreeBytes,
                uploads,
                downloads,
                bandwidth,
                requestsPerSecond,
                timeout);
    }

    public RemoteSettings withLimits(int up, int down, long bytesPerSecond, double requests) {
        return new RemoteSettings(
                name,
                priority,
                enabled,
                capacityBytes,
                minFreeBytes,
                up,
                down,
                Timetable.constant(bytesPerSecond),
                requests,
                timeout);
    }
}
