package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/**
 * The ordered, transactional key-value SPI beneath the metadata. Keys (1 to 400 bytes) are ordered as unsigned bytes.
 * Nothing above this interface knows which engine it is.
 */
public interface KeyValueStore extends AutoCloseable {
    /** Runs the work on one consistent snapshot. Readers do not wait for writers. */
    <T> T read(ReadWork<T> work) throws PoolException;

    /**
     * Runs the work as one serializable transaction and commits it when the work returns; rolls back when it throws.
     * One at a time in this process. An engine that finds a conflict runs the work again, so the work must have no
     * effect beside the transaction but what {@code beforeCommit} does: it runs once, last, directly before the commit.
     */
    <T> T write(WriteWork<T> work, CommitHook beforeCommit) throws PoolException;

    /** Makes everything committed so far durable against a power loss. */
    void sync() throws PoolException;

    @Override
    void close() throws PoolException;

    @FunctionalInterface
    interface ReadWork<T> {
        T run(Reader reader) throws PoolException;
    }

    @FunctionalInterface
    interface WriteWork<T> {
        T run(Writer writer) throws PoolException;
    }

    /** Two steps around the engine's own commit: {@code prepare} runs before it, {@code failed} when it then fails. */
    interface CommitHook {
        CommitHook NONE = () -> {};

        void prepare() throws PoolException;

        default void failed() {}
    }

    /** A snapshot. Valid inside the work only. Arrays handed out are the caller's own. */
    interface Reader {
        byte @Nullable [] get(byte[] key) throws PoolException;

        /**
         * Visits [from, to) in order until the visitor returns false. {@code to} null = to the end. What the visitor
         * itself changes in the range may or may not be visited.
         */
        void scan(byte[] from, byte @Nullable [] to, Visitor visitor) throws PoolException;
    }

    /** A read-write transaction; sees its own changes. */
    interface Writer extends Reader {
        void put(byte[] key, byte[] value) throws PoolException;

        void delete(byte[] key) throws PoolException;
    }

    @FunctionalInterface
    interface Visitor {
        boolean visit(byte[] key, byte[] value) throws PoolException;
    }
}
