package io.poolfs.core.fetch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one reader: a player reads the head, the index at the tail and then the middle, a database or a
 * multi-stream copy some places in turn. Each is a {@link Track} of its own; the one that was not used for longest makes
 * way. A read that goes on with none is a seek: what was planned for the others is obsolete until they are read again.
 * Used under its stream's monitor.
 */
final class ReadAhead {
    private static final int MAX_TRACKS = 8;

    /** How far apart reads of one run may begin, in reads; the kernel hands its own read-ahead out of order. */
    private static final int SLACK_READS = 4;

    private static final long MIN_SLACK_BYTES = 256 << 10;
    private static final long MAX_SLACK_BYTES = 2 << 20;

    private final List<Track> tracks = new ArrayList<>();
    private List<Track> obsolete = List.of();

    /** The run that a read belongs to, which it begins. */
    Track asked(long offset, long lengthBytes, long nowNanos) {
        long slack = Math.min(MAX_SLACK_BYTES, Math.max(MIN_SLACK_BYTES, SLACK_READS * lengthBytes));
        Track track = find(offset, slack);
        if (track == null) {
            obsolete = List.copyOf(tracks);
            obsolete.forEach(Track::left);
            if (tracks.size() == MAX_TRACKS) {
                tracks.remove(tracks.stream()
                        .min(Comparator.comparingLong(Track::usedAt))
                        .orElseThrow());
            }
            track = new Track(offset, nowNanos);
            tracks.add(track);
        }
        track.asked(offset + lengthBytes, nowNanos);
        return track;
    }

    private @Nullable Track find(long offset, long slackBytes) {
        for (int i = tracks.size() - 1; i >= 0; i--) {
            if (tracks.get(i).takes(offset, slackBytes)) {
                return tracks.get(i);
            }
        }
        return null;
    }

    /** The runs that the last read left: what was planned for them is not wanted now. */
    List<Track> takeObsolete() {
        List<Track> taken = obsolete;
        obsolete = List.of();
        return taken;
    }

    List<Track> tracks() {
        return List.copyOf(tracks);
    }
}
