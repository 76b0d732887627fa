package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;

/** The write transaction. Used by the one thread that writes. */
final class LmdbWriter implements KeyValueStore.Writer {
    private static final int FIRST_BATCH = 4;
    private static final int MAX_BATCH = 256;

    /** A change copies its path in the tree, and splits or merges on each level at worst. */
    private static final int PAGES_PER_CHANGE = 16;

    private final Path directory;
    private final Dbi<ByteBuffer> table;
    private final Txn<ByteBuffer> transaction;
    private final LmdbKey key = new LmdbKey();
    private LmdbStore.@Nullable MapFull full;
    private long changes;
    private long valueBytes;

    LmdbWriter(Path directory, Dbi<ByteBuffer> table, Txn<ByteBuffer> transaction) {
        this.directory = directory;
        this.table = table;
        this.transaction = transaction;
    }

    /** Nothing can be done with the transaction once the map was full, whatever the work made of it. */
    void requireRoom() {
        if (full != null) {
            throw full;
        }
    }

    /** More bytes than this the transaction cannot have added to the file. */
    long mostNewBytes() {
        return changes * PAGES_PER_CHANGE * LmdbStore.PAGE_BYTES + 2 * valueBytes;
    }

    /** The same, closer: it cannot have copied more pages than the tree has. Costs a look. */
    long mostNewBytesLookedUp() {
        Stat tree = table.stat(transaction);
        long pages = tree.branchPages + tree.leafPages + tree.overflowPages + PAGES_PER_CHANGE;
        return Math.min(mostNewBytes(), pages * LmdbStore.PAGE_BYTES);
    }

    @Override
    public byte @Nullable [] get(byte[] wanted) throws PoolException {
        try {
            ByteBuffer value = table.get(transaction, key.of(wanted));
            return value == null ? null : LmdbKey.copy(value);
        } catch (LmdbException e) {
            throw failure(e);
        }
    }

    @Override
    public void put(byte[] wanted, byte[] value) throws PoolException {
        changes++;
        valueBytes += value.length;
        try {
            table.reserve(transaction, key.of(wanted), value.length).put(value);
        } catch (LmdbException e) {
            throw failure(e);
        }
    }

    @Override
    public void delete(byte[] wanted) throws PoolException {
        changes++;
        try {
            table.delete(transaction, key.of(wanted));
        } catch (LmdbException e) {
            throw failure(e);
        }
    }

    /** In batches, with no cursor open while the visitor runs: it may change what is scanned. */
    @Override
    public void scan(byte[] from, byte @Nullable [] to, KeyValueStore.Visitor visitor) throws PoolException {
        byte[] next = from;
        for (int limit = FIRST_BATCH; ; limit = Math.min(MAX_BATCH, 4 * limit)) {
            List<byte[]> batch = batch(next, to, limit);
            for (int i = 0; i < batch.size(); i += 2) {
                if (!visitor.visit(batch.get(i), batch.get(i + 1))) {
                    return;
                }
            }
            if (batch.size() < 2 * limit) {
                return;
            }
            byte[] last = batch.get(batch.size() - 2);
            next = Arrays.copyOf(last, last.length + 1);
        }
    }

    /** Keys and values in turn. */
    private List<byte[]> batch(byte[] from, byte @Nullable [] to, int limit) throws PoolException {
        List<byte[]> batch = new ArrayList<>();
        try (Cursor<ByteBuffer> cursor = table.openCursor(transaction)) {
            boolean there = cursor.get(key.of(from), GetOp.MDB_SET_RANGE);
            while (there && batch.size() < 2 * limit) {
                byte[] found = LmdbKey.copy(cursor.key());
                if (to != null && Arrays.compareUnsigned(found, to) >= 0) {
                    break;
                }
                batch.add(found);
                batch.add(LmdbKey.copy(cursor.val()));
                there = cursor.next();
            }
        } catch (LmdbException e) {
            throw failure(e);
        }
        return batch;
    }

    private PoolException failure(LmdbException e) {
        if (e instanceof Env.MapFullException) {
            full = new LmdbStore.MapFull(e);
        }
        requireRoom();
        return LmdbErrors.translate(directory, "write to", e);
    }
}
