package io.poolfs.core.sim;

import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Transaction;
import io.poolfs.core.meta.TransactionLog;
import io.poolfs.core.model.PoolException;

/** Metadata alone, over a log that never loses anything: checks the store and the simulation itself. */
final class MetadataProcess implements PoolProcess {
    private static final TransactionLog MEMORY = new TransactionLog() {
        @Override
        public void append(Transaction transaction) {}

        @Override
        public void abort(long transactionId) {}
    };

    private final Metadata metadata;

    private MetadataProcess(Metadata metadata) {
        this.metadata = metadata;
    }

    /** An opener whose store survives all deaths. */
    static PoolProcess.Opener opener() {
        KeyValueStore[] store = new KeyValueStore[1];
        return (world, history, before) -> {
            if (store[0] == null) {
                store[0] = new SurvivingStore(world.scheduler());
            }
            return new MetadataProcess(KeyValueMetadata.open(
                    store[0], history.noting(MEMORY), world.scheduler().clock()));
        };
    }

    @Override
    public Metadata metadata() {
        return metadata;
    }

    @Override
    public void start(boolean wait) {}

    @Override
    public void repair() {}

    @Override
    public void maintain() {}

    @Override
    public long shippedTransaction() {
        return metadata.lastTransaction();
    }

    @Override
    public void awaitShipped(long transaction, long deadlineNanos) {}

    @Override
    public void stop() throws PoolException {
        metadata.close();
    }
}
