package io.poolfs.core.meta;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a pool in a {@link KeyValueStore}, which it owns and closes. Usable from any thread; the store lets one
 * change run at a time.
 */
public final class KeyValueMetadata implements Metadata {
    private static final int ROOT_MODE = FileType.DIRECTORY.modeBits() | 0755;

    private final KeyValueStore store;
    private final TransactionLog log;
    private final Clock clock;
    private final AtomicLong lastTransaction = new AtomicLong();

    private KeyValueMetadata(KeyValueStore store, TransactionLog log, Clock clock) {
        this.store = store;
        this.log = log;
        this.clock = clock;
    }

    /**
     * Opens what the store holds. An empty store becomes an empty pool: a root directory (0755, owner 0) and no more.
     *
     * @throws PoolException CORRUPT when a checkpoint was not loaded to its end
     */
    public static KeyValueMetadata open(KeyValueStore store, TransactionLog log, Clock clock) throws PoolException {
        KeyValueMetadata metadata = new KeyValueMetadata(store, log, clock);
        Optional<Counters> counters = store.read(reader -> Optional.ofNullable(Counters.load(reader)));
        if (counters.isPresent()) {
            metadata.lastTransaction.set(counters.get().lastTransaction());
        } else {
            store.write(KeyValueMetadata::makeRoot, KeyValueStore.CommitHook.NONE);
        }
        return metadata;
    }

    @Override
    public <T> T read(Work<MetadataReader, T> work) throws PoolException {
        return store.read(snapshot -> work.run(new SnapshotReader(snapshot)));
    }

    @Override
    public <T> T change(Work<MetadataWriter, T> work) throws PoolException {
        LoggedCommit commit = new LoggedCommit(log);
        T result = store.write(
                writer -> {
                    OpenTransaction open = new OpenTransaction(writer, clock.wallNanos());
                    T value = work.run(open);
                    commit.transaction = open.finish();
                    return value;
                },
                commit);
        Transaction committed = commit.transaction;
        if (committed != null) {
            lastTransaction.accumulateAndGet(committed.id(), Math::max);
        }
        return result;
    }

    @Override
    public void replay(Transaction transaction) throws PoolException {
        store.write(
                writer -> {
                    replay(writer, transaction);
                    return transaction;
                },
                KeyValueStore.CommitHook.NONE);
        lastTransaction.accumulateAndGet(transaction.id(), Math::max);
    }

    @Override
    public long lastTransaction() {
        return lastTransaction.get();
    }

    /**
     * Counts again what is only counted, where it disagrees with what it counts. That follows from the journal, so it is
     * no transaction. Returns how many records changed.
     */
    public long recount() throws PoolException {
        return store.write(writer -> Recount.run(writer, clock.wallNanos()), KeyValueStore.CommitHook.NONE);
    }

    /** Makes what was committed so far durable in the store itself. */
    public void sync() throws PoolException {
        store.sync();
    }

    @Override
    public void close() throws PoolException {
        store.close();
    }

    private static void replay(KeyValueStore.Writer writer, Transaction transaction) throws PoolException {
        OpenTransaction open = new OpenTransaction(writer, transaction.nanos());
        if (open.transaction() != transaction.id()) {
            throw new PoolException(
                    Reason.CORRUPT,
                    "transaction " + transaction.id() + " in the journal where " + open.transaction() + " must follow");
        }
        for (Op op : transaction.ops()) {
            try {
                open.apply(op);
            } catch (PoolException e) {
                throw new PoolException(
                        Reason.CORRUPT,
                        "transaction " + transaction.id() + " does not fit the metadata before it: "
                                + op.getClass().getSimpleName() + ": " + e.getMessage(),
                        e);
            }
        }
        if (open.finish() == null) {
            throw new PoolException(Reason.CORRUPT, "transaction " + transaction.id() + " changes nothing");
        }
    }

    private static Counters makeRoot(KeyValueStore.Writer writer) throws PoolException {
        writer.scan(new byte[] {0}, null, (key, value) -> {
            throw new PoolException(
                    Reason.CORRUPT, "the metadata store has records but no counters: its load was interrupted");
        });
        InodeRecord root = new InodeRecord(Inode.ROOT);
        root.mode = ROOT_MODE;
        root.links = 2;
        Counters counters = new Counters(Inode.ROOT + 1, 0, 1);
        writer.put(Keys.of(Keys.INODE, Inode.ROOT), root.encode());
        writer.put(Keys.COUNTERS, counters.encode());
        return counters;
    }

    /** The append to the log comes directly before the commit, and is taken back when the commit fails. */
    private static final class LoggedCommit implements KeyValueStore.CommitHook {
        private final TransactionLog log;
        private @Nullable Transaction transaction;

        LoggedCommit(TransactionLog log) {
            this.log = log;
        }

        @Override
        public void prepare() throws PoolException {
            if (transaction != null) {
                log.append(transaction);
            }
        }

        @Override
        public void failed() {
            if (transaction != null) {
                log.abort(transaction.id());
            }
        }
    }
}
