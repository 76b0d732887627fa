package io.poolfs.core.sim;

import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Transaction;
import io.poolfs.core.meta.TransactionLog;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Scheduler;
import java.util.ArrayList;
import java.util.List;

/**
 * What the pool was told and what it promised: every transaction that went to the log, and the last one that was
 * acknowledged. Outlives processes and machines. After a crash it is cut to what the recovery found.
 */
final class History {
    /** Replays for comparison are no part of the simulation: they take no steps of it. */
    private static final Scheduler OUTSIDE = RealScheduler.create();

    private final List<Transaction> transactions = new ArrayList<>();
    private long committed;
    private long shipped;

    /** Notes what goes through to the log. */
    TransactionLog noting(TransactionLog log) {
        return new TransactionLog() {
            @Override
            public void append(Transaction transaction) throws PoolException {
                cutTo(transaction.id() - 1);
                if (transactions.size() != transaction.id() - 1) {
                    throw new AssertionError("transaction " + transaction.id() + " follows " + transactions.size());
                }
                transactions.add(transaction);
                log.append(transaction);
            }

            @Override
            public void abort(long transactionId) {
                log.abort(transactionId);
            }
        };
    }

    /** A change returned: it survives the death of the process. */
    void committed(long transaction) {
        committed = Math.max(committed, transaction);
    }

    /** A wait for the remotes returned: it survives everything. */
    void shipped(long transaction) {
        shipped = Math.max(shipped, transaction);
        committed = Math.max(committed, transaction);
    }

    long appended() {
        return transactions.size();
    }

    long committed() {
        return committed;
    }

    long shipped() {
        return shipped;
    }

    /** Everything behind this transaction never happened. */
    void cutTo(long transaction) {
        while (transactions.size() > transaction) {
            transactions.remove(transactions.size() - 1);
        }
        committed = Math.min(committed, transaction);
    }

    /** The state after that many transactions, replayed from what went to the log. */
    String stateAt(long transaction) throws PoolException {
        TransactionLog none = new TransactionLog() {
            @Override
            public void append(Transaction appended) {}

            @Override
            public void abort(long transactionId) {}
        };
        try (Metadata metadata = KeyValueMetadata.open(new MemoryStore(OUTSIDE), none, OUTSIDE.clock())) {
            for (Transaction one : transactions.subList(0, Math.toIntExact(transaction))) {
                metadata.replay(one);
            }
            return metadata.read(StateText::of);
        }
    }
}
