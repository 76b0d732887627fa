package io.poolfs.core.fetch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The runs that are read now: they share what may be fetched ahead. Usable from any thread. */
final class Readers {
    /** Who reads nothing for so long has no share. */
    private static final long ACTIVE_NANOS = Duration.ofSeconds(5).toNanos();

    private final long maxBytes;
    private final Set<Track> tracks = ConcurrentHashMap.newKeySet();

    Readers(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** How far this run may be read ahead of; from now on it has a share. */
    long share(Track track, long nowNanos) {
        tracks.add(track);
        long active = tracks.stream()
                .filter(each -> nowNanos - each.usedAt() < ACTIVE_NANOS)
                .count();
        return maxBytes / Math.max(1, active);
    }

    void remove(Track track) {
        tracks.remove(track);
    }
}
