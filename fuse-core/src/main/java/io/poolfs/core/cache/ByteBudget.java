package io.poolfs.core.cache;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The budget as two counts that change as one: what is used in all, and what of it is staged. Taking and giving back is
 * a compare-and-set each; the monitor is entered only to wait, or to wake those who do.
 *
 * <p>Always: used is at most the limit, unless images that were found at the start exceed a limit that was lowered.
 */
public final class ByteBudget implements Budget {
    private static final int STAGED_QUARTERS = 3;
    private static final VarHandle COUNTS;

    static {
        try {
            COUNTS = MethodHandles.lookup().findVarHandle(ByteBudget.class, "counts", Counts.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Scheduler scheduler;
    private final long limit;
    /** Bytes that cannot leave, whoever needs room. */
    private final AtomicLong lent = new AtomicLong();

    private final Monitor monitor;
    private volatile Counts counts = new Counts(0, 0);

    /** Grows whenever something came free or became evictable; who waits for that compares. */
    private final AtomicLong changes = new AtomicLong();

    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Evictor evictor = (bytes, aheadToo) -> 0;

    /** Makes room by giving up clean bytes. Called without any lock. */
    @FunctionalInterface
    interface Evictor {
        /**
         * Gives at least so many bytes back to the budget, if it can; returns how many. Never waits for others.
         *
         * @param aheadToo if need be, also what was fetched ahead of readers and not read yet
         */
        long evict(long bytes, boolean aheadToo) throws PoolException;
    }

    public ByteBudget(Scheduler scheduler, long limitBytes) {
        if (limitBytes <= 0) {
            throw new IllegalArgumentException("budget of " + limitBytes + " bytes");
        }
        this.scheduler = scheduler;
        limit = limitBytes;
        monitor = scheduler.newMonitor("budget");
    }

    void setEvictor(Evictor newEvictor) {
        evictor = newEvictor;
    }

    @Override
    public long limitBytes() {
        return limit;
    }

    @Override
    public long stagedLimitBytes() {
        return stagedLimit();
    }

    private long stagedLimit() {
        return stagedLimit(lent.get());
    }

    private long stagedLimit(long lentBytes) {
        return (limit - lentBytes) / 4 * STAGED_QUARTERS;
    }

    /** These clean bytes stay until {@link #returned}; false when too much is lent, or staged, for that. */
    boolean lend(long bytes) {
        long after = lent.addAndGet(bytes);
        if (after > limit / 2 || counts.staged > stagedLimit(after)) {
            lent.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void returned(long bytes) {
        lent.addAndGet(-bytes);
        changed();
    }

    @Override
    public long usedBytes(Use use) {
        Counts now = counts;
        return use == Use.STAGED ? now.staged : now.used - now.staged;
    }

    @Override
    public void reserve(Use use, long bytes, long deadlineNanos) throws PoolException {
        if (bytes > (use == Use.STAGED ? stagedLimit() : limit)) {
            throw new PoolException(Reason.NO_SPACE, bytes + " bytes never fit " + this);
        }
        while (true) {
            long seen = changes.get();
            if (take(use, bytes) || makeRoom(use, bytes, true)) {
                return;
            }
            awaitChange(seen, use, bytes, deadlineNanos);
        }
    }

    @Override
    public boolean tryReserve(Use use, long bytes) {
        try {
            return take(use, bytes) || (bytes <= limit && makeRoom(use, bytes, false));
        } catch (PoolException e) {
            // What could not be evicted is still used; the caller does without.
            return false;
        }
    }

    /** Takes bytes if they are free; neither evicts nor waits. May be called with an image's lock held. */
    boolean take(Use use, long bytes) {
        while (true) {
            Counts now = counts;
            Counts next = now.plus(use, bytes);
            if (next.used > limit || (use == Use.STAGED && next.staged > stagedLimit())) {
                return false;
            }
            if (COUNTS.compareAndSet(this, now, next)) {
                return true;
            }
        }
    }

    /** Counts what is there already, limit or not. */
    void adopt(Use use, long bytes) {
        update(use, bytes, use, 0);
    }

    @Override
    public void convert(Use from, Use to, long bytes) {
        if (from != to && bytes != 0) {
            update(from, -bytes, to, bytes);
            changed();
        }
    }

    @Override
    public void release(Use use, long bytes) {
        if (bytes != 0) {
            update(use, -bytes, use, 0);
            changed();
        }
    }

    private void update(Use first, long firstBytes, Use second, long secondBytes) {
        Counts now;
        do {
            now = counts;
        } while (!COUNTS.compareAndSet(this, now, now.plus(first, firstBytes).plus(second, secondBytes)));
    }

    /** Something came free or can be evicted now. */
    void changed() {
        changes.incrementAndGet();
        if (waiting.get() > 0) {
            try (Monitor.Hold hold = monitor.enter()) {
                monitor.signalAll();
            }
        }
    }

    private boolean makeRoom(Use use, long bytes, boolean aheadToo) throws PoolException {
        while (use == Use.CLEAN || counts.staged + bytes <= stagedLimit()) {
            long missing = counts.used + bytes - limit;
            if (missing > 0 && evictor.evict(missing, aheadToo) == 0) {
                return take(use, bytes);
            }
            if (take(use, bytes)) {
                return true;
            }
        }
        return false;
    }

    private void awaitChange(long seen, Use use, long bytes, long deadlineNanos) throws PoolException {
        waiting.incrementAndGet();
        try (Monitor.Hold hold = monitor.enter()) {
            // What could not be evicted a moment ago tells nobody when it can.
            long until = Math.min(deadlineNanos, scheduler.deadlineAfter(LOOK_AGAIN));
            if (!monitor.await(() -> changes.get() != seen, until)
                    && scheduler.clock().monotonicNanos() >= deadlineNanos) {
                throw new PoolException(
                        Reason.NO_SPACE, "no room came free for " + bytes + " " + use + " bytes in " + this);
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    @Override
    public String toString() {
        return "budget of " + limit + " bytes (" + counts.used + " used, " + counts.staged + " staged)";
    }

    private record Counts(long used, long staged) {
        Counts plus(Use use, long bytes) {
            Counts next = new Counts(used + bytes, use == Use.STAGED ? staged + bytes : staged);
            if (next.used < next.staged || next.staged < 0) {
                throw new IllegalStateException(
                        "more given back to the budget than was taken: " + bytes + " " + use + " of " + this);
            }
            return next;
        }
    }
}
