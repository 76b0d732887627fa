package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;

/**
 * Where transactions are written before the store commits them; the journal implements it. Called by one thread at a
 * time, in the order of ids.
 */
public interface TransactionLog {
    /** The record is in the local log (survives kill -9) when this returns. FENCED or READ_ONLY: no change is allowed. */
    void append(Transaction transaction) throws PoolException;

    /** The store failed to commit what was appended last: it never happened. */
    void abort(long transactionId);
}
