package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;

/**
 * The metadata of one pool: snapshots to read, transactions to change it. Reads never wait for changes; changes run one
 * at a time. Every change with at least one {@link Op} is one {@link Transaction}: appended to the log, then committed.
 */
public interface Metadata extends AutoCloseable {
    <T> T read(Work<MetadataReader, T> work) throws PoolException;

    /** As {@link #read}, for work that gives nothing back. */
    default void look(Visit<MetadataReader> visit) throws PoolException {
        read(reader -> {
            visit.run(reader);
            return true;
        });
    }

    /** As {@link #change}, for work that gives nothing back. */
    default void alter(Visit<MetadataWriter> visit) throws PoolException {
        change(writer -> {
            visit.run(writer);
            return true;
        });
    }

    /**
     * Runs the work as one transaction. A work that applies no op changes local state only and makes no record. The
     * work may run again from the start when the store could not take the first attempt: it must have no effect beside
     * the transaction.
     */
    <T> T change(Work<MetadataWriter, T> work) throws PoolException;

    /** Applies a record from the journal; it must be the next one (CORRUPT otherwise). Not appended to the log. */
    void replay(Transaction transaction) throws PoolException;

    /** Number of the last transaction committed here. */
    long lastTransaction();

    @Override
    void close() throws PoolException;

    @FunctionalInterface
    interface Visit<R> {
        void run(R access) throws PoolException;
    }

    @FunctionalInterface
    interface Work<R, T> {
        T run(R access) throws PoolException;
    }
}
