package io.poolfs.core.config;

import io.poolfs.core.model.Timetable;
import java.util.OptionalLong;

/**
 * One remote as configured.
 *
 * @param name as rclone knows it: {@code remote:}, {@code remote:path}, or the absolute path of a local directory
 * @param priority remotes with the lowest number are filled first
 * @param enabled false: takes no new chunks
 * @param capacityBytes set by the user; empty: what the backend tells
 * @param minFreeBytes kept free for metadata
 * @param uploads how many at a time
 * @param downloads how many at a time
 * @param bandwidth each way
 * @param requestsPerSecond 0 = no limit
 * @param weight its share under {@code balance: weighted}
 */
public record RemoteConfig(
        String name,
        int priority,
        boolean enabled,
        OptionalLong capacityBytes,
        long minFreeBytes,
        int uploads,
        int downloads,
        Timetable bandwidth,
        double requestsPerSecond,
        int weight) {
    public static final long DEFAULT_MIN_FREE_BYTES = 256L << 20;
    public static final int DEFAULT_UPLOADS = 2;
    public static final int DEFAULT_DOWNLOADS = 4;

    /** A remote with every other setting at its default. */
    public static RemoteConfig of(String name) {
        return new RemoteConfig(
                name,
                0,
                true,
                OptionalLong.empty(),
                DEFAULT_MIN_FREE_BYTES,
                DEFAULT_UPLOADS,
                DEFAULT_DOWNLOADS,
                Timetable.NO_LIMIT,
                0,
                1);
    }

    /** A remote with these settings and every other one at its default. */
    public static RemoteConfig of(String name, int priority, OptionalLong capacityBytes) {
        return new RemoteConfig(
                name,
                priority,
                true,
                capacityBytes,
                defaultMinFree(capacityBytes),
                DEFAULT_UPLOADS,
                DEFAULT_DOWNLOADS,
                Timetable.NO_LIMIT,
                0,
                1);
    }

    public RemoteConfig withEnabled(boolean value) {
        return new RemoteConfig(
                name,
                priority,
                value,
                capacityBytes,
                minFreeBytes,
                uploads,
                downloads,
                bandwidth,
                requestsPerSecond,
                weight);
    }

    public RemoteConfig withBandwidth(Timetable value) {
        return new RemoteConfig(
                name,
                priority,
                enabled,
                capacityBytes,
                minFreeBytes,
                uploads,
                downloads,
                value,
                requestsPerSecond,
                weight);
    }

    /** What is kept free unless the user says otherwise: less on a remote whose whole capacity is small. */
    static long defaultMinFree(OptionalLong capacityBytes) {
        return Math.min(DEFAULT_MIN_FREE_BYTES, capacityBytes.orElse(Long.MAX_VALUE) / 20);
    }
}
