package io.poolfs.core.stage;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.EnumMap;
import java.util.Map;

/** A budget that counts and never waits: what does not fit at once is refused. */
final class FakeBudget implements Budget {
    private final long limit;
    private final Map<Use, Long> used = new EnumMap<>(Use.class);

    FakeBudget(long limit) {
        this.limit = limit;
    }

    @Override
    public long limitBytes() {
        return limit;
    }

    @Override
    public long stagedLimitBytes() {
        return limit / 4 * 3;
    }

    @Override
    public synchronized long usedBytes(Use use) {
        return used.getOrDefault(use, 0L);
    }

    @Override
    public void reserve(Use use, long bytes, long deadlineNanos) throws PoolException {
        if (!tryReserve(use, bytes)) {
            throw new PoolException(Reason.NO_SPACE, "budget");
        }
    }

    @Override
    public synchronized boolean tryReserve(Use use, long bytes) {
        boolean fits = usedBytes(Use.CLEAN) + usedBytes(Use.STAGED) + bytes <= limit
                && (use == Use.CLEAN || usedBytes(Use.STAGED) + bytes <= stagedLimitBytes());
        if (fits) {
            used.merge(use, bytes, Long::sum);
        }
        return fits;
    }

    @Override
    public synchronized void convert(Use from, Use to, long bytes) {
        release(from, bytes);
        used.merge(to, bytes, Long::sum);
    }

    @Override
    public synchronized void release(Use use, long bytes) {
        if (used.merge(use, -bytes, Long::sum) < 0) {
            throw new IllegalStateException("more given back than was taken");
        }
    }
}
