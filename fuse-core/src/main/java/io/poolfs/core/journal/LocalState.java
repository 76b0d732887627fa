package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.CheckpointCodec;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Transaction;
import io.poolfs.core.meta.TransactionCodec;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An opened and locked state directory: the local journal, the segments and the checkpoints of one owner. It decides
 * whether the metadata store beside them can be trusted, and brings the store to the end of local history.
 *
 * <p>Order of use: {@link #open}; when {@link #found} says FRESH and the pool exists, {@link Recovery#fetch}; open the
 * metadata store in {@link #prepareStore} and {@link #load} it; open the metadata over it and {@link #replay}; for a new
 * pool {@link PoolFormat}; then {@link PoolJournal}. All that happens on one thread; close it last.
 */
public final class LocalState implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalState.class);
    private static final int REPORT_LINES = 1000;

    /** In what state the directory was found. */
    public enum Found {
        /** Nothing here: a new pool, a new machine, or a lost state directory. */
        FRESH,
        /** Closed cleanly. */
        CLEAN,
        /** The process died, the machine did not: the store is intact and at most one transaction behind. */
        KILLED,
        /** The machine stopped: the store is rebuilt from the checkpoint, the segments and the synced journal. */
        POWER_LOSS
    }

    private final Scheduler scheduler;
    private final LocalFiles files;
    private final StatePlaces places;
    private final PoolId pool;
    private final HostIdentity host;
    private final LocalFiles.LocalLock lock;
    private final Found found;
    private volatile OwnerFile owner;
    private final CheckpointShelf shelf;
    private final Chain chain;
    private final LocalJournal journal;
    private volatile RecoveryProgress progress = RecoveryProgress.NONE;
    private boolean closed;

    /** What was fetched was not judged yet, or is not enough to go on from: the directory stays one without a pool. */
    private boolean onTrial;

    private LocalState(
            Scheduler scheduler,
            LocalFiles files,
            StatePlaces places,
            PoolId pool,
            HostIdentity host,
            LocalFiles.LocalLock lock,
            @Nullable OwnerFile last)
            throws PoolException {
        this.scheduler = scheduler;
        this.files = files;
        this.places = places;
        this.pool = pool;
        this.host = host;
        this.lock = lock;
        this.found = judge(last, host);
        if (last == null) {
            clear();
        }
        this.owner =
                last == null ? new OwnerFile(pool, newOwner(scheduler), host, false, "", 0) : last.with(host, false);
        boolean powerLoss = found == Found.POWER_LOSS;
        this.shelf = CheckpointShelf.open(scheduler, files, places.checkpoints(), pool, powerLoss);
        KeptCheckpoint newest = shelf.newest();
        this.chain = Chain.open(
                scheduler,
                files,
                places.segments(),
                new SegmentCodec(pool),
                newest == null ? ChainPosition.START : newest.header().position());
        this.journal = LocalJournal.open(
                scheduler, files, places.journal(), TransactionCodec::encode, powerLoss, LocalJournal.ROLL_BYTES);
        if (journal.lastTransaction() < chain.last()) {
            journal.restartAt(chain.last());
        }
    }

    /**
     * Opens and locks the directory.
     *
     * @throws PoolException BUSY when a process has it open; CONFIG when it belongs to another pool; CORRUPT when what
     *     is not yet on the remotes is damaged
     */
    public static LocalState open(Scheduler scheduler, LocalFiles files, Path directory, PoolId pool, HostIdentity host)
            throws PoolException {
        StatePlaces places = new StatePlaces(directory);
        files.createPrivateDirectory(directory);
        LocalFiles.LocalLock lock = files.lock(places.lock());
        boolean done = false;
        try {
            OwnerFile last = OwnerFile.read(files, places.owner(), pool);
            LocalState state = new LocalState(scheduler, files, places, pool, host, lock, last);
            done = true;
            LOG.info("state directory {}: {}", directory, state.found);
            return state;
        } finally {
            if (!done) {
                lock.close();
            }
        }
    }

    private static Found judge(@Nullable OwnerFile last, HostIdentity host) {
        if (last == null) {
            return Found.FRESH;
        }
        if (last.clean()) {
            return Found.CLEAN;
        }
        return last.host().boot().equals(host.boot()) ? Found.KILLED : Found.POWER_LOSS;
    }

    private boolean isStoreIntact() {
        return found == Found.CLEAN || found == Found.KILLED;
    }

    private static OwnerId newOwner(Scheduler scheduler) {
        return new OwnerId(scheduler.random().nextLong(), scheduler.random().nextLong());
    }

    private void clear() throws PoolException {
        files.deleteTree(places.segments());
        files.deleteTree(places.checkpoints());
        files.deleteTree(places.journal());
        files.deleteTree(places.epochs());
        files.deleteTree(places.store());
        files.delete(places.members());
    }

    public Found found() {
        return found;
    }

    public OwnerId owner() {
        return owner.owner();
    }

    public PoolId pool() {
        return pool;
    }

    public HostIdentity host() {
        return host;
    }

    /** Where the metadata's changes are appended. */
    public LocalJournal journal() {
        return journal;
    }

    /** The last transaction that is in the local journal or a segment. */
    public long lastTransaction() {
        return Math.max(chain.last(), journal.lastTransaction());
    }

    /** Names the stage in cache_dir that belongs to this state; empty while there is none. */
    public String stage() {
        return owner.stage();
    }

    public void setStage(String stage) throws PoolException {
        owner = owner.withStage(stage);
        if (files.exists(places.owner())) {
            owner.write(files, places.owner());
        }
    }

    /** The directory for the metadata store; emptied unless what is in it can be trusted. */
    public Path prepareStore() throws PoolException {
        if (!isStoreIntact()) {
            files.deleteTree(places.store());
        }
        files.createPrivateDirectory(places.store());
        return places.store();
    }

    /**
     * Loads the newest checkpoint into the store when that is empty and there is one. To be called before the metadata
     * is opened over the store.
     */
    public void load(KeyValueStore store) throws PoolException {
        KeptCheckpoint newest = shelf.newest();
        if (newest == null || !isEmpty(store)) {
            return;
        }
        try (CheckpointReader reader = CheckpointReader.open(files, newest.path(), pool)) {
            long[] lines = {0};
            long loaded = CheckpointCodec.load(
                    () -> {
                        if (++lines[0] % REPORT_LINES == 0) {
                            progress.at("loading the checkpoint", lines[0], -1, "records");
                        }
                        return reader.next();
                    },
                    store);
            if (loaded != newest.transaction()) {
                throw new PoolException(Reason.CORRUPT, newest.path() + " holds the metadata of transaction " + loaded);
            }
        }
    }

    /** Who is told how far {@link Recovery#fetch}, {@link #load} and {@link #replay} are. */
    public void tell(RecoveryProgress listener) {
        progress = listener;
    }

    RecoveryProgress progress() {
        return progress;
    }

    private static boolean isEmpty(KeyValueStore store) throws PoolException {
        return store.read(reader -> {
            AtomicBoolean empty = new AtomicBoolean(true);
            reader.scan(new byte[] {0}, null, (key, value) -> {
                empty.set(false);
                return false;
            });
            return empty.get();
        });
    }

    /** The last transaction that is known to be on the remotes, as far as that was noted. */
    long shipped() {
        return owner.shipped();
    }

    public void noteShipped(long transaction) throws PoolException {
        if (transaction > owner.shipped()) {
            owner = owner.withShipped(transaction);
            if (files.exists(places.owner())) {
                owner.write(files, places.owner());
            }
        }
    }

    /** Gives what local history still holds behind this transaction, in order. */
    void forEachBehind(long transaction, Segment.LineVisitor visitor) throws PoolException {
        for (ChainEntry entry : chain.after(transaction)) {
            chain.read(entry).forEachLine((id, line) -> {
                if (id > transaction) {
                    visitor.line(id, line);
                }
            });
        }
        long last = journal.lastTransaction();
        for (long first = Math.max(transaction, chain.last()) + 1; first <= last; ) {
            LocalJournal.Lines run = journal.lines(first, last, SegmentCodec.TARGET_LINES_BYTES);
            if (run.isEmpty()) {
                return;
            }
            AtomicLong seen = new AtomicLong(first);
            run.forEachLine((id, line) -> {
                seen.set(id);
                visitor.line(id, line);
            });
            first = seen.get() + 1;
        }
    }

    /** Before {@link #replay}: what is here counts only when {@link #adopt} says so, and is fetched again otherwise. */
    public void holdOnTrial() {
        onTrial = true;
    }

    /** What was fetched and replayed is this owner's history from now on. */
    public void adopt() throws PoolException {
        onTrial = false;
        owner.write(files, places.owner());
    }

    /**
     * Brings the metadata to the end of local history. Only from then on the directory counts as opened by this
     * process: whoever dies before leaves it as it was found.
     *
     * @return how many transactions were replayed
     * @throws PoolException CORRUPT when history has a hole, or the store knows more than the journal
     */
    public long replay(Metadata metadata) throws PoolException {
        long before = metadata.lastTransaction();
        long end = journal.lastTransaction() - before;
        for (ChainEntry entry = chain.next(before);
                entry != null;
                entry = chain.next(entry.end().last())) {
            chain.read(entry).forEachLine((transaction, line) -> replay(metadata, transaction, line));
            progress.at("replaying the journal", metadata.lastTransaction() - before, end, "transactions");
        }
        long last = journal.lastTransaction();
        while (metadata.lastTransaction() < last) {
            long first = metadata.lastTransaction() + 1;
            LocalJournal.Lines run = journal.lines(first, last, SegmentCodec.TARGET_LINES_BYTES);
            if (run.isEmpty()) {
                throw new PoolException(Reason.CORRUPT, "the local journal has no transaction " + first);
            }
            run.forEachLine((transaction, line) -> replay(metadata, transaction, line));
            progress.at("replaying the journal", metadata.lastTransaction() - before, end, "transactions");
        }
        if (metadata.lastTransaction() > last) {
            throw new PoolException(
                    Reason.CORRUPT,
                    "the metadata store has transaction " + metadata.lastTransaction() + ", but the local journal in "
                            + places.root() + " ends with " + last);
        }
        if (!onTrial) {
            owner.write(files, places.owner());
        }
        return metadata.lastTransaction() - before;
    }

    static void replay(Metadata metadata, long expected, byte[] line) throws PoolException {
        Transaction transaction = TransactionCodec.decode(line);
        if (transaction.id() != expected) {
            throw new PoolException(
                    Reason.CORRUPT, "the journal has transaction " + transaction.id() + " in place of " + expected);
        }
        if (expected > metadata.lastTransaction()) {
            metadata.replay(transaction);
        }
    }

    /** Says that store and journal are complete on disk: the next opening trusts both. */
    void markClean() throws PoolException {
        owner = owner.with(host, true);
        owner.write(files, places.owner());
    }

    /**
     * Moves everything local away into {@code set-aside-<time>} and unlocks, so that the next opening is FRESH and takes
     * its history from the remotes. What a person decides after local history and the remotes' have parted.
     *
     * @return the directory with what was moved
     */
    public Path startOver() throws PoolException {
        journal.close();
        Path aside = newSetAside();
        for (Path moved : places.ofHistory()) {
            if (files.exists(moved)) {
                files.rename(moved, aside.resolve(moved.getFileName()));
            }
        }
        files.rename(places.owner(), aside.resolve(places.owner().getFileName()));
        files.syncDirectory(aside);
        files.syncDirectory(places.root());
        closed = true;
        lock.close();
        return aside;
    }

    /** Undoes {@link #startOver}: what was moved away is the state again. The directory is not open. */
    public static void putBack(LocalFiles files, Path directory, Path aside) throws PoolException {
        StatePlaces places = new StatePlaces(directory);
        // First: without it the next opening would take the directory for an empty one.
        files.rename(aside.resolve(places.owner().getFileName()), places.owner());
        for (Path moved : places.ofHistory()) {
            Path kept = aside.resolve(moved.getFileName());
            if (files.exists(kept)) {
                files.deleteTree(moved);
                files.rename(kept, moved);
            }
        }
        files.syncDirectory(directory);
        files.delete(aside);
    }

    Path newSetAside() throws PoolException {
        String when = Instant.ofEpochSecond(0, scheduler.clock().wallNanos())
                .toString()
                .replace(':', '-');
        Path aside = places.setAside(when);
        files.createPrivateDirectory(aside);
        return aside;
    }

    /** Closes the files and gives the lock back. */
    @Override
    public void close() throws PoolException {
        if (!closed) {
            closed = true;
            try {
                journal.close();
            } finally {
                lock.close();
            }
        }
    }

    Scheduler scheduler() {
        return scheduler;
    }

    LocalFiles files() {
        return files;
    }

    StatePlaces places() {
        return places;
    }

    Chain chain() {
        return chain;
    }

    CheckpointShelf shelf() {
        return shelf;
    }
}
