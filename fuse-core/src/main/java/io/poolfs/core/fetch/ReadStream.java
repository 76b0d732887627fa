package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;

/** One reader of one image, with what is fetched ahead of him. Owned by an open file, which closes it. */
final class ReadStream implements Fetcher.Stream {
    /** Looks at an image whose bytes leave as fast as they come, before it is called a fault of ours. */
    private static final int MAX_IDLE_LOOKS = 1000;

    private final RangeFetcher fetcher;
    private final ImageFetches fetches;
    private final Image image;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private final ReadAhead ahead;

    @GuardedByMonitor("monitor")
    private boolean closed;

    ReadStream(RangeFetcher fetcher, ImageFetches fetches, Monitor monitor, ReadAhead ahead) {
        this.fetcher = fetcher;
        this.fetches = fetches;
        this.image = fetches.image();
        this.monitor = monitor;
        this.ahead = ahead;
    }

    @Override
    public int read(long offset, ByteBuffer dst) throws PoolException {
        int demandBytes = begin(offset);
        long at = offset;
        boolean waited = false;
        int idle = 0;
        while (dst.hasRemaining()) {
            int count = image.read(at, dst);
            if (count == 0) {
                if (at >= image.content().sizeBytes()) {
                    break;
                }
                waited = true;
                count = fetcher.bring(this, fetches, at, demandBytes, dst);
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
        end(at, waited);
        return (int) (at - offset);
    }

    /** Returns how much to fetch at once if the reader has to wait. */
    private int begin(long offset) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed) {
                throw new PoolException(Reason.CLOSED, "stream of inode " + image.inode() + " is closed");
            }
            if (ahead.seeks(offset)) {
                fetches.cancel(this);
            }
            return ahead.demandBytes();
        }
    }

    private void end(long end, boolean waited) {
        long from;
        long to;
        int unitBytes;
        try (Monitor.Hold hold = monitor.enter()) {
            ahead.advance(end, waited);
            if (closed || !ahead.isShort()) {
                return;
            }
            from = ahead.planFrom();
            to = Math.min(ahead.planTo(), image.content().sizeBytes());
            unitBytes = ahead.unitBytes();
            to = Math.min(to, from + RangeFetcher.PLAN_BYTES);
            ahead.planned(to);
        }
        if (from < to) {
            fetcher.planAhead(this, fetches, from, to, unitBytes);
        }
    }

    /** What was to be ahead of the reader here is not on its way. */
    void lost(long offset) {
        try (Monitor.Hold hold = monitor.enter()) {
            ahead.lost(offset);
        }
    }

    @Override
    public void close() {
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed) {
                return;
            }
            closed = true;
        }
        fetches.cancel(this);
        fetcher.closed(fetches);
    }
}
