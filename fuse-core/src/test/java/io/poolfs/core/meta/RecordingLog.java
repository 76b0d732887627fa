package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log that keeps transactions in memory, and refuses them on demand. Used under the store's writer lock. */
public final class RecordingLog implements TransactionLog {
    private final List<Transaction> transactions = new ArrayList<>();
    private final List<Long> aborted = new ArrayList<>();
    private @Nullable PoolException refusal;

    @Override
    public void append(Transaction transaction) throws PoolException {
        if (refusal != null) {
            throw refusal;
        }
        transactions.add(transaction);
    }

    @Override
    public void abort(long transactionId) {
        aborted.add(transactionId);
        transactions.remove(transactions.size() - 1);
    }

    public List<Transaction> transactions() {
        return List.copyOf(transactions);
    }

    public List<Long> aborted() {
        return List.copyOf(aborted);
    }

    /** Lets every append fail from now on; null lets them succeed again. */
    public void refuse(@Nullable PoolException reason) {
        refusal = reason;
    }
}
