package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Timetable;
import io.poolfs.core.time.Clock;
import io.poolfs.core.time.Scheduler;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * A limit of bytes per second, for uploads and for downloads each, by a timetable in the machine's time zone; of one
 * remote, or of all together. It holds on average: a transfer that has begun goes as fast as it can. Usable from any
 * thread.
 *
 * <p>Small transfers, journal segments and first bytes among them, wait for each other only. What they take is missing to
 * the large ones.
 */
public final class Bandwidth {
    private final Clock clock;
    private final Direction up;
    private final Direction down;
    private volatile Timetable table;

    private final class Direction {
        final TokenBucket all;
        final TokenBucket small;

        Direction(Scheduler scheduler, String what) {
            all = new TokenBucket(scheduler, what, () -> (double) bytesPerSecond());
            small = new TokenBucket(scheduler, what + ", small", () -> (double) bytesPerSecond());
        }

        boolean take(long bytes, long deadlineNanos) throws PoolException {
            if (table.isUnlimited()) {
                return true;
            }
            if (bytes > GuardedStore.SMALL_BYTES) {
                return all.take((double) bytes, deadlineNanos);
            }
            if (small.take((double) bytes, deadlineNanos)) {
                all.spend((double) bytes);
                return true;
            }
            return false;
        }

        void changed() {
            all.changed();
            small.changed();
        }
    }

    /** @param what is limited, for messages */
    public Bandwidth(Scheduler scheduler, String what, Timetable table) {
        this.clock = scheduler.clock();
        this.table = table;
        this.up = new Direction(scheduler, what + ": up");
        this.down = new Direction(scheduler, what + ": down");
    }

    /** Another timetable holds from now on, for those who wait too. */
    public void set(Timetable changed) {
        table = changed;
        up.changed();
        down.changed();
    }

    public Timetable table() {
        return table;
    }

    /** What holds now; 0: no limit. */
    public long bytesPerSecond() {
        Timetable now = table;
        return now.changesDaily()
                ? now.at(time(clock)).bytesPerSecond()
                : now.changes().get(0).bytesPerSecond();
    }

    /** The time of day by which timetables go. */
    private static LocalTime time(Clock clock) {
        return LocalTime.ofInstant(Instant.EPOCH.plusNanos(clock.wallNanos()), ZoneId.systemDefault());
    }

    /** Waits for room for an upload; false at the deadline. */
    boolean upload(long bytes, long deadlineNanos) throws PoolException {
        return up.take(bytes, deadlineNanos);
    }

    /** Waits for room for a download; false at the deadline. */
    boolean download(long bytes, long deadlineNanos) throws PoolException {
        return down.take(bytes, deadlineNanos);
    }
}
