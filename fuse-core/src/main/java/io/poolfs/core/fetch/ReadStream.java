package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.util.List;

/** One reader of one image, with what is fetched ahead of him. Owned by an open file, which closes it. */
final class ReadStream implements Fetcher.Stream {
    /** Looks at an image whose bytes leave as fast as they come, before it is called a fault of ours. */
    private static final int MAX_IDLE_LOOKS = 1000;

    private final RangeFetcher fetcher;
    private final ImageFetches fetches;
    private final Image image;
    private final Monitor monitor;

    private final Readers readers;
    private final Clock clock;

    @GuardedByMonitor("monitor")
    private final ReadAhead ahead = new ReadAhead();

    /** Players look at the end of a file first. */
    @GuardedByMonitor("monitor")
    private boolean endExpected;

    /** Who goes to a second place goes to more. */
    @GuardedByMonitor("monitor")
    private boolean restExpected;

    @GuardedByMonitor("monitor")
    private boolean closed;

    ReadStream(RangeFetcher fetcher, ImageFetches fetches, Monitor monitor, Readers readers, Clock clock) {
        this.fetcher = fetcher;
        this.fetches = fetches;
        this.image = fetches.image();
        this.monitor = monitor;
        this.readers = readers;
        this.clock = clock;
    }

    @Override
    public int read(long offset, ByteBuffer dst) throws PoolException {
        Track track = begin(offset, dst.remaining());
        long at = offset;
        long waitedSince = 0;
        boolean waited = false;
        int demandBytes = 0;
        int idle = 0;
        while (dst.hasRemaining()) {
            int count = image.read(at, dst);
            if (count == 0) {
                if (at >= image.content().sizeBytes()) {
                    break;
                }
                if (!waited) {
                    waited = true;
                    waitedSince = clock.monotonicNanos();
                    demandBytes = waits(track, at, waitedSince);
                    if (isSmall()) {
                        fetcher.files().missed(image.inode(), image.content().sizeBytes());
                        continue;
                    }
                }
                count = fetcher.bring(this, track, fetches, at, demandBytes, dst);
                if (count < 0) {
                    demandBytes = 0;
                    count = 0;
                }
                if (count == 0 && ++idle > MAX_IDLE_LOOKS) {
                    throw new PoolException(
                            Reason.INTERNAL, "inode " + image.inode() + ": bytes at " + at + " do not stay to be read");
                }
            }
            at += count;
        }
        end(track, waited ? clock.monotonicNanos() - waitedSince : 0);
        return (int) (at - offset);
    }

    private Track begin(long offset, int lengthBytes) throws PoolException {
        Track track;
        List<Track> obsolete;
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed) {
                throw new PoolException(Reason.CLOSED, "stream of inode " + image.inode() + " is closed");
            }
            track = ahead.asked(offset, lengthBytes, clock.monotonicNanos());
            obsolete = ahead.takeObsolete();
        }
        for (Track left : obsolete) {
            fetches.cancel(left);
            readers.remove(left);
        }
        return track;
    }

    private boolean isSmall() {
        return image.content().sizeBytes() <= SmallFile.MOST_BYTES;
    }

    /** The reader has to wait: others work for him meanwhile. Returns how much to fetch at once. */
    private int waits(Track track, long at, long now) {
        int demandBytes;
        boolean expectsEnd;
        boolean expectsRest;
        try (Monitor.Hold hold = monitor.enter()) {
            track.waits(readers.share(track, now));
            demandBytes = track.demandBytes();
            expectsEnd = !endExpected;
            expectsRest = !restExpected && ahead.tracks().size() > 1;
            endExpected = true;
            restExpected |= expectsRest;
        }
        long size = image.content().sizeBytes();
        if (expectsEnd && size > Track.UNIT_BYTES) {
            fetcher.expect(fetches, size - 1, size, at);
        }
        if (expectsRest) {
            fetcher.expect(fetches, 0, size, at);
        }
        plan(track);
        return demandBytes;
    }

    private void end(Track track, long waitedNanos) {
        try (Monitor.Hold hold = monitor.enter()) {
            track.answered(clock.monotonicNanos(), waitedNanos);
        }
        plan(track);
    }

    private void plan(Track track) {
        long from;
        long to;
        int unitBytes;
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed || !track.isShort()) {
                return;
            }
            from = track.planFrom();
            to = Math.min(track.planTo(), image.content().sizeBytes());
            to = Math.min(to, from + RangeFetcher.PLAN_BYTES);
            unitBytes = track.unitBytes();
            track.planned(to);
        }
        if (from < to) {
            fetcher.planAhead(track, fetches, from, to, unitBytes);
        }
    }

    /** What was to be ahead of the reader here is not on its way. */
    void lost(Track track, long offset) {
        try (Monitor.Hold hold = monitor.enter()) {
            track.lost(offset);
        }
    }

    @Override
    public void close() {
        List<Track> tracks;
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed) {
                return;
            }
            closed = true;
            tracks = ahead.tracks();
        }
        for (Track track : tracks) {
            fetches.cancel(track);
            readers.remove(track);
        }
        fetcher.closed(fetches);
    }
}
