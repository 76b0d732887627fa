package io.poolfs.core.pool;

import io.poolfs.core.fs.Durability;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.stage.DurableStage;

/** {@code fsync: local}: content and journal are synced to a local disk; the remotes follow when they can. */
final class SyncToDisk implements Durability {
    private final DurableStage stage;
    private final ShippedLog log;

    SyncToDisk(DurableStage stage, ShippedLog log) {
        this.stage = stage;
        this.log = log;
    }

    @Override
    public void sync(long inode) throws PoolException {
        stage.sync(inode);
        log.syncLocally();
    }

    @Override
    public void syncNamespace() throws PoolException {
        log.syncLocally();
    }

    @Override
    public long shippedTransaction() {
        return log.shippedTransaction();
    }
}
