package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction in the making: the records, what was applied so far, and the local state beside it. */
final class OpenTransaction extends Tables implements MetadataWriter {
    private final Applier applier;
    private final long transaction;
    private final long nanos;
    private final List<Op> ops = new ArrayList<>();
    private @Nullable Throwable broken;

    OpenTransaction(KeyValueStore.Writer store, long nanos) throws PoolException {
        super(store);
        this.nanos = nanos;
        this.transaction = counters().lastTransaction() + 1;
        this.applier = new Applier(this, transaction, nanos);
    }

    /** Writes back what is still kept in memory. Null when no op was applied. */
    @Nullable
    Transaction finish() throws PoolException {
        if (broken != null) {
            throw new PoolException(
                    Reason.INTERNAL, "transaction " + transaction + " went on after a failure in its midst", broken);
        }
        if (!ops.isEmpty()) {
            transactionDone(transaction);
        }
        flush();
        return ops.isEmpty() ? null : new Transaction(transaction, nanos, List.copyOf(ops));
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long transaction() {
        return transaction;
    }

    @Override
    public void apply(Op op) throws PoolException {
        try {
            if (applier.apply(op)) {
                ops.add(op);
            }
        } catch (PoolException e) {
            if (!isRefusal(e.reason())) {
                broken = e;
            }
            throw e;
        } catch (RuntimeException e) {
            broken = e;
            throw e;
        }
    }

    @Override
    public void putPending(long inode, PendingExtent pending) throws PoolException {
        ByteRange range = pending.fileRange();
        Extent extent = pending.extent();
        if (range.isEmpty() || (extent != null && !extent.fileRange().equals(range))) {
            throw new PoolException(Reason.INVALID, "pending " + range + " of inode " + inode + " with " + extent);
        }
        dropPending(inode, range);
        put(Keys.of(Keys.PENDING_EXTENT, inode, range.end()), Records.pending(pending));
    }

    @Override
    public void dropPending(long inode, ByteRange range) throws PoolException {
        for (PendingExtent pending : pendingExtents(inode, range.offset(), range.end())) {
            ByteRange there = pending.fileRange();
            delete(Keys.of(Keys.PENDING_EXTENT, inode, there.end()));
            keepPending(inode, pending, there.offset(), range.offset());
            keepPending(inode, pending, range.end(), there.end());
        }
    }

    private void keepPending(long inode, PendingExtent pending, long start, long end) throws PoolException {
        if (start < end) {
            Extent extent = pending.extent();
            PendingExtent part =
                    new PendingExtent(ByteRange.between(start, end), extent == null ? null : extent.narrow(start, end));
            put(Keys.of(Keys.PENDING_EXTENT, inode, end), Records.pending(part));
        }
    }

    @Override
    public void putPendingChunk(Chunk chunk) throws PoolException {
        ContentOps.requireWellFormed(chunk);
        put(Keys.chunk(Keys.PENDING_CHUNK, chunk.id()), new ChunkRecord(chunk).encode());
    }

    @Override
    public void dropPendingChunk(ChunkId id) throws PoolException {
        delete(Keys.chunk(Keys.PENDING_CHUNK, id));
    }

    @Override
    public void putOutcome(RequestId request, byte[] outcome) throws PoolException {
        put(Keys.outcome(request), outcome);
    }

    @Override
    public byte @Nullable [] outcome(RequestId request) throws PoolException {
        return get(Keys.outcome(request));
    }

    @Override
    public void dropOutcome(RequestId request) throws PoolException {
        delete(Keys.outcome(request));
    }

    /** Whether nothing was changed when an op failed so: it was impossible, and the store is sound. */
    private static boolean isRefusal(Reason reason) {
        return switch (reason) {
            case NOT_FOUND,
                    EXISTS,
                    NOT_DIRECTORY,
                    IS_DIRECTORY,
                    NOT_EMPTY,
                    NOT_PERMITTED,
                    INVALID,
                    TOO_LARGE,
                    TOO_MANY_LINKS,
                    NO_ATTRIBUTE,
                    STALE,
                    BUSY -> true;
            default -> false;
        };
    }
}
