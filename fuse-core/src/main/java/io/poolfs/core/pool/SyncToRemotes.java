package io.poolfs.core.pool;

import io.poolfs.core.fs.Durability;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;

/** {@code fsync: remote}: commit the content, then ship the journal up to there. */
final class SyncToRemotes implements Durability {
    private final Scheduler scheduler;
    private final Metadata metadata;
    private final Stager stager;
    private final ShippedLog log;
    private final Duration timeout;

    SyncToRemotes(Scheduler scheduler, Metadata metadata, Stager stager, ShippedLog log, Duration timeout) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.stager = stager;
        this.log = log;
        this.timeout = timeout;
    }

    @Override
    public void sync(long inode) throws PoolException {
        long deadlineNanos = scheduler.deadlineAfter(timeout);
        long committed = stager.commit(inode, deadlineNanos);
        log.awaitShipped(Math.max(committed, metadata.lastTransaction()), deadlineNanos);
    }

    @Override
    public void syncNamespace() throws PoolException {
        log.awaitShipped(metadata.lastTransaction(), scheduler.deadlineAfter(timeout));
    }

    @Override
    public long shippedTransaction() {
        return log.shippedTransaction();
    }
}
