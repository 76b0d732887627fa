package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.EnvInfo;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Txn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key-value store in an LMDB file.
 *
 * <p>Opened without LMDB's own syncs and without a writable map: a commit is a few pwrites, the page with the root last.
 * Whatever kills the process leaves the last commit whole, because the kernel has it; a power loss may leave anything,
 * so whoever opens the store after one rebuilds it. A full disk is an error of a write, not a SIGBUS.
 *
 * <p>The map is address space, not memory or disk. It doubles before it is full; that needs a moment without any reader,
 * so a read work is expected to be short, and one that is not delays the growth. Usable from any thread.
 */
public final class LmdbStore implements KeyValueStore {
    private static final Logger LOG = LoggerFactory.getLogger(LmdbStore.class);

    private static final long FIRST_MAP_BYTES = 1L << 30;
    static final long PAGE_BYTES = 4096;
    private static final int MAX_READERS = 1024;
    private static final int WRITES_PER_TRY = 4096;

    /** A commit also writes the list of free pages: eight bytes per page of the map at most, and some pages. */
    private static final int LIST_SHARE = 256;

    private static final long LIST_BYTES = 64 * PAGE_BYTES;
    private static final String DATA_FILE = "data.mdb";

    /** While half of the map is free there is time: nobody is made to wait for long. */
    private static final Duration PATIENT = Duration.ofMillis(20);

    private static final Duration PRESSED = Duration.ofSeconds(1);
    private static final Duration FORCED = Duration.ofSeconds(30);

    private final Path directory;
    private final Scheduler scheduler;
    private final Monitor writing;
    private final ReaderGate gate;
    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> table;
    private final LmdbReaders readers;

    // Under writing.
    private long mapBytes;
    private long mostUsedBytes;
    private long writes;
    private long nextTry;
    private boolean closed;

    private LmdbStore(Path directory, Scheduler scheduler, Env<ByteBuffer> env, long mapBytes) {
        this.directory = directory;
        this.scheduler = scheduler;
        this.env = env;
        this.mapBytes = mapBytes;
        this.mostUsedBytes = mapBytes;
        this.writing = scheduler.newMonitor("lmdb writer");
        this.gate = new ReaderGate(scheduler);
        this.table = env.openDbi((byte[]) null, DbiFlags.MDB_CREATE);
        this.readers = new LmdbReaders(directory, env, table);
    }

    /** Opens or creates the store in the directory, which is created when it is not there. */
    public static LmdbStore open(Path directory, Scheduler scheduler) throws PoolException {
        return open(directory, scheduler, FIRST_MAP_BYTES);
    }

    static LmdbStore open(Path directory, Scheduler scheduler, long firstMapBytes) throws PoolException {
        long mapBytes = firstMapBytes;
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path data = directory.resolve(DATA_FILE);
            while (Files.exists(data) && mapBytes < 2 * Files.size(data)) {
                mapBytes *= 2;
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot create the metadata store " + directory + ": " + e, e);
        }
        Env<ByteBuffer> env = null;
        try {
            env = Env.create()
                    .setMapSize(mapBytes)
                    .setMaxReaders(MAX_READERS)
                    .setMaxDbs(1)
                    .open(directory.toFile(), 0600, EnvFlags.MDB_NOSYNC, EnvFlags.MDB_NOTLS);
            return new LmdbStore(directory, scheduler, env, mapBytes);
        } catch (LmdbException e) {
            if (env != null) {
                env.close();
            }
            throw LmdbErrors.translate(directory, "open", e);
        }
    }

    @Override
    public <T> T read(ReadWork<T> work) throws PoolException {
        gate.enter(directory);
        try {
            LmdbReaders.Slot slot = readers.take();
            try {
                return work.run(slot);
            } finally {
                readers.giveBack(slot);
            }
        } finally {
            gate.leave();
        }
    }

    @Override
    public <T> T write(WriteWork<T> work, CommitHook beforeCommit) throws PoolException {
        try (Monitor.Hold hold = writing.enter()) {
            if (closed) {
                throw ReaderGate.closed(directory);
            }
            growAhead();
            while (true) {
                try {
                    return attempt(work, beforeCommit);
                } catch (MapFull e) {
                    LOG.debug("{}: a transaction did not fit into the map of {} bytes", directory, mapBytes);
                }
                if (!grow(FORCED)) {
                    throw new PoolException(
                            Reason.NO_SPACE,
                            "the metadata store " + directory + " is full at " + mapBytes
                                    + " bytes and cannot grow: a reader does not end");
                }
            }
        }
    }

    private <T> T attempt(WriteWork<T> work, CommitHook beforeCommit) throws PoolException {
        try (Txn<ByteBuffer> transaction = env.txnWrite()) {
            LmdbWriter writer = new LmdbWriter(directory, table, transaction);
            T result = run(work, writer);
            requireRoomToCommit(writer);
            beforeCommit.prepare();
            boolean committed = false;
            try {
                transaction.commit();
                committed = true;
            } finally {
                if (!committed) {
                    beforeCommit.failed();
                }
            }
            return result;
        } catch (LmdbException e) {
            throw LmdbErrors.translate(directory, "write to", e);
        }
    }

    private static <T> T run(WriteWork<T> work, LmdbWriter writer) throws PoolException {
        try {
            return work.run(writer);
        } finally {
            writer.requireRoom();
        }
    }

    /**
     * What the hook prepares cannot be prepared twice: a transaction whose commit might not fit is done again in a larger
     * map instead. Nearly always a sum of upper bounds says that it fits; only then the file is looked at.
     */
    private void requireRoomToCommit(LmdbWriter writer) throws PoolException {
        long list = mapBytes / LIST_SHARE + LIST_BYTES;
        long most = mostUsedBytes + writer.mostNewBytes();
        if (most + list > mapBytes) {
            most = usedBytes() + writer.mostNewBytesLookedUp();
            if (most + list > mapBytes) {
                throw new MapFull(null);
            }
        }
        mostUsedBytes = most + LIST_BYTES;
    }

    /** Doubles the map while there is still room. */
    private void growAhead() throws PoolException {
        writes++;
        if (mostUsedBytes <= mapBytes / 2 || writes < nextTry) {
            return;
        }
        mostUsedBytes = usedBytes();
        if (mostUsedBytes > mapBytes / 2 && !grow(mostUsedBytes > mapBytes / 4 * 3 ? PRESSED : PATIENT)) {
            nextTry = writes + WRITES_PER_TRY;
        }
    }

    private long usedBytes() throws PoolException {
        try {
            EnvInfo info = env.info();
            return (info.lastPageNumber + 1) * PAGE_BYTES;
        } catch (LmdbException e) {
            throw LmdbErrors.translate(directory, "look at", e);
        }
    }

    private boolean grow(Duration patience) throws PoolException {
        if (!gate.shut(scheduler.deadlineAfter(patience))) {
            return false;
        }
        try {
            env.setMapSize(2 * mapBytes);
            mapBytes *= 2;
            LOG.debug("{}: the map has {} bytes now", directory, mapBytes);
            return true;
        } catch (LmdbNativeException e) {
            throw LmdbErrors.translate(directory, "enlarge the map of", e);
        } finally {
            gate.open();
        }
    }

    @Override
    public void sync() throws PoolException {
        gate.enter(directory);
        try {
            env.sync(true);
        } catch (LmdbException e) {
            throw LmdbErrors.translate(directory, "sync", e);
        } finally {
            gate.leave();
        }
    }

    /** How far the map reaches now: for tests and figures. */
    long mapBytes() {
        try (Monitor.Hold hold = writing.enter()) {
            return mapBytes;
        }
    }

    /** BUSY when a reader does not end; the store then stays open. */
    @Override
    public void close() throws PoolException {
        try (Monitor.Hold hold = writing.enter()) {
            if (closed) {
                return;
            }
            if (!gate.shut(scheduler.deadlineAfter(FORCED))) {
                throw new PoolException(
                        Reason.BUSY, "the metadata store " + directory + " is being read and cannot be closed");
            }
            gate.close();
            closed = true;
            readers.close();
            env.close();
        } catch (LmdbException e) {
            throw LmdbErrors.translate(directory, "close", e);
        }
    }

    /** The transaction does not fit into the map: it is done again in a larger one. */
    static final class MapFull extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MapFull(@Nullable LmdbException cause) {
            super(cause);
        }
    }
}
