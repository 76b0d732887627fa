package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RequestId;
import org.jspecify.annotations.Nullable;

/** A transaction in the making: sees its own changes. Valid inside the work it was given to, on its thread. */
public interface MetadataWriter extends MetadataReader {
    /** The wall clock of this transaction. */
    long nanos();

    /** The number that this transaction gets if an op is applied. */
    long transaction();

    /** Applies a change and puts it into this transaction's journal record. Throws when the change is impossible. */
    void apply(Op op) throws PoolException;

    // Local state beside the journal: part of the same store transaction, never shipped.

    /** Lays a run of pending content over what is pending there. */
    void putPending(long inode, PendingExtent pending) throws PoolException;

    /** Takes away what is pending in the range (narrowing what overlaps it). */
    void dropPending(long inode, ByteRange range) throws PoolException;

    void putPendingChunk(Chunk chunk) throws PoolException;

    void dropPendingChunk(ChunkId id) throws PoolException;

    /** Remembers what a request was answered with, until {@link #dropOutcome}. */
    void putOutcome(RequestId request, byte[] outcome) throws PoolException;

    byte @Nullable [] outcome(RequestId request) throws PoolException;

    void dropOutcome(RequestId request) throws PoolException;
}
