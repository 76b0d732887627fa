package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What waits for its commit, and which of it goes next. Not thread-safe: guarded by the stager's monitor.
 *
 * <p>The order is by the time at which a file became due. A file that somebody waits for (fsync) counts as due {@link
 * #HEAD_START} earlier, so it goes first and yet starves nobody. Small files gather for the pack window and go as
 * packs; a large file goes alone and at once; what has no bytes to upload gathers, too, but waits for no upload.
 */
final class CommitQueue {
    /** Bounds the transaction that a pack becomes. */
    static final int MAX_FILES = 2048;

    private static final Duration HEAD_START = Duration.ofSeconds(30);

    /** How long an fsync waits for others to share its pack: far below the round trips of an upload. */
    private static final Duration LINGER = Duration.ofMillis(5);

    /** Lanes beyond the limit that only awaited commits use. */
    private static final int URGENT_LANES = 2;

    /** As long as files keep coming, a pack that is not full waits for so many windows. */
    private static final int LONGEST_WINDOWS = 4;

    /** Works that are committed together. */
    record Batch(List<FileWork> works, boolean urgent) {}

    private static final class Lot {
        final TreeSet<FileWork> works =
                new TreeSet<>(Comparator.<FileWork>comparingLong(w -> w.atNanos).thenComparingLong(w -> w.inode));
        long bytes;
        long lastArrivalNanos;

        void add(FileWork work, long now) {
            works.add(work);
            bytes += work.bytes;
            lastArrivalNanos = now;
        }

        boolean remove(FileWork work) {
            if (!works.remove(work)) {
                return false;
            }
            bytes -= work.bytes;
            return true;
        }
    }

    private final long packBytes;
    private final long ageNanos;
    private final long windowNanos;

    private final Lot aging = new Lot();
    private final Lot paused = new Lot();
    private final Lot urgent = new Lot();
    private final Lot large = new Lot();
    private final Lot small = new Lot();
    private final Lot bodiless = new Lot();
    private final List<Lot> lots = List.of(aging, paused, urgent, large, small, bodiless);

    CommitQueue(long packBytes, Duration stageAge, Duration packWindow) {
        this.packBytes = packBytes;
        this.ageNanos = stageAge.toNanos();
        this.windowNanos = packWindow.toNanos();
    }

    /** Has its first uncommitted change: due when that is old enough. */
    void age(FileWork work, long now) {
        take(work);
        work.place = FileWork.Place.AGING;
        work.sinceNanos = now;
        work.atNanos = now + ageNanos;
        aging.add(work, now);
    }

    /** To be committed soon; {@code urgently} when somebody waits for it. A running one is due again afterwards. */
    void due(FileWork work, long bytes, boolean urgently, long now) {
        work.urgent |= urgently;
        switch (work.place) {
            case GONE -> {}
            case RUNNING -> work.dueAfterRun = true;
            case PAUSED -> {
                if (urgently) {
                    enter(work, bytes, now, now);
                }
            }
            case DUE -> enter(work, bytes, work.atNanos, now);
            case AGING -> enter(work, bytes, now, now);
        }
    }

    /** Not tried again before the given time. */
    void pause(FileWork work, long untilNanos, long now) {
        take(work);
        work.place = FileWork.Place.PAUSED;
        work.atNanos = untilNanos;
        paused.add(work, now);
    }

    /** A run has ended with it: it is nowhere until it is put back or removed. */
    void ended(FileWork work) {
        work.place = FileWork.Place.AGING;
    }

    void remove(FileWork work) {
        take(work);
        work.place = FileWork.Place.GONE;
    }

    /** The batch to run now, its works marked as running; null when there is none. */
    @Nullable
    Batch next(long now, int freeLanes) {
        promote(now);
        Lot first = null;
        long firstKey = Long.MAX_VALUE;
        for (Lot lot : List.of(urgent, large, small, bodiless)) {
            if (readyNanos(lot, freeLanes) <= now) {
                long key = lot.works.first().atNanos - (lot == urgent ? HEAD_START.toNanos() : 0);
                if (first == null || key < firstKey) {
                    first = lot;
                    firstKey = key;
                }
            }
        }
        return first == null ? null : fill(first, Math.max(1, freeLanes));
    }

    /** When {@link #next} may give something, if nothing else happens; Long.MAX_VALUE when it will not. */
    long nextNanos(int freeLanes) {
        long next = Long.MAX_VALUE;
        for (Lot lot : lots) {
            next = Math.min(next, readyNanos(lot, freeLanes));
        }
        return next;
    }

    private Batch fill(Lot lot, int lanes) {
        long target = lot == small
                ? Math.max(packBytes / 2, Math.min(packBytes, (lot.bytes + lanes - 1) / lanes))
                : packBytes;
        List<FileWork> works = new ArrayList<>();
        long bytes = 0;
        Iterator<FileWork> it = lot.works.iterator();
        while (it.hasNext() && works.size() < MAX_FILES) {
            FileWork work = it.next();
            if (!works.isEmpty() && (bytes + work.bytes > target || isLarge(work))) {
                if (lot != urgent) {
                    break;
                }
                continue;
            }
            works.add(work);
            bytes += work.bytes;
            if (isLarge(work)) {
                break;
            }
        }
        for (FileWork work : works) {
            lot.remove(work);
            work.place = FileWork.Place.RUNNING;
            work.dueAfterRun = false;
        }
        return new Batch(works, lot == urgent);
    }

    private void promote(long now) {
        while (!aging.works.isEmpty() && aging.works.first().atNanos <= now) {
            FileWork work = aging.works.first();
            Image image = work.image;
            if (image != null && image.content().truncatedWhileOpen()) {
                aging.remove(work);
                work.atNanos = now + Math.max(1, ageNanos);
                aging.add(work, now);
            } else {
                enter(work, FileWork.bytesOf(image), now, now);
            }
        }
        while (!paused.works.isEmpty() && paused.works.first().atNanos <= now) {
            FileWork work = paused.works.first();
            Image image = work.image;
            enter(work, FileWork.bytesOf(image), now, now);
        }
    }

    private void enter(FileWork work, long bytes, long atNanos, long now) {
        take(work);
        work.place = FileWork.Place.DUE;
        work.bytes = bytes;
        work.atNanos = atNanos;
        Lot lot = work.urgent ? urgent : isLarge(work) ? large : bytes == 0 ? bodiless : small;
        lot.add(work, now);
    }

    private void take(FileWork work) {
        for (Lot lot : lots) {
            if (lot.remove(work)) {
                return;
            }
        }
    }

    /** Goes alone; also what failed again and again, so that it does not take others with it. */
    private boolean isLarge(FileWork work) {
        return work.bytes > packBytes || !work.streams.isEmpty() || work.failures > 1;
    }

    private long readyNanos(Lot lot, int freeLanes) {
        if (lot.works.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long oldest = lot.works.first().atNanos;
        if (lot == aging || lot == paused) {
            return oldest;
        }
        if (lot == urgent) {
            return freeLanes > -URGENT_LANES ? oldest + LINGER.toNanos() : Long.MAX_VALUE;
        }
        if (lot != bodiless && freeLanes <= 0) {
            return Long.MAX_VALUE;
        }
        if (lot == large || lot.bytes >= packBytes || lot.works.size() >= MAX_FILES) {
            return oldest;
        }
        long quiet = Math.max(oldest + windowNanos, lot.lastArrivalNanos + windowNanos / 4);
        return Math.min(quiet, oldest + LONGEST_WINDOWS * windowNanos);
    }
}
