package io.poolfs.core.stage;

import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.model.PoolException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A journal that is shipped at once, until the test says otherwise. */
public final class FakeShippedLog implements ShippedLog {
    private final LongSupplier lastTransaction;
    public volatile long epoch = 1;
    public volatile long heldBack = Long.MAX_VALUE;
    public volatile @Nullable PoolException fenced;
    public volatile int localSyncs;

    public FakeShippedLog(LongSupplier lastTransaction) {
        this.lastTransaction = lastTransaction;
    }

    @Override
    public long shippedTransaction() {
        return Math.min(heldBack, lastTransaction.getAsLong());
    }

    @Override
    public void awaitShipped(long transaction, long deadlineNanos) throws PoolException {
        PoolException cause = fenced;
        if (cause != null) {
            throw cause;
        }
    }

    @Override
    public synchronized void syncLocally() {
        localSyncs++;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public @Nullable PoolException fenced() {
        return fenced;
    }
}
