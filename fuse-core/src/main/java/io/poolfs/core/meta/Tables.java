package io.poolfs.core.meta;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of one open transaction: what the store has, with the inodes, counters and usage that the transaction
 * touched kept here until {@link #flush}. Used by one thread.
 */
class Tables extends SnapshotReader {
    private final KeyValueStore.Writer store;
    private final Map<Long, InodeRecord> inodes = new HashMap<>();
    private final Map<Long, InodeRecord> changedInodes = new HashMap<>();
    private final Map<RemoteId, Usage> changedUsage = new HashMap<>();
    private final Counters before;
    private Counters counters;

    Tables(KeyValueStore.Writer store) throws PoolException {
        super(store);
        this.store = store;
        this.before = super.counters();
        this.counters = before;
    }

    // Inodes: the objects handed out are this transaction's own; whoever changes one calls change().

    @Override
    public @Nullable Inode inode(long number) throws PoolException {
        InodeRecord record = inodeRecord(number);
        return record == null ? null : record.inode();
    }

    @Override
    public void inodes(Visitor<Inode> visitor) throws PoolException {
        flushInodes();
        super.inodes(visitor);
    }

    @Override
    @Nullable
    InodeRecord inodeRecord(long number) throws PoolException {
        InodeRecord known = inodes.get(number);
        if (known == null) {
            known = super.inodeRecord(number);
            if (known != null) {
                inodes.put(number, known);
            }
        }
        return known;
    }

    InodeRecord requireRecord(long number) throws PoolException {
        InodeRecord record = inodeRecord(number);
        if (record == null) {
            throw notFound(number);
        }
        return record;
    }

    /** A directory that can hold entries: it still has a name. */
    InodeRecord requireDirectory(long number) throws PoolException {
        InodeRecord record = requireRecord(number);
        if (!record.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, "inode " + number + " is not a directory");
        }
        if (record.links == 0) {
            throw new PoolException(Reason.NOT_FOUND, "directory " + number + " has been removed");
        }
        return record;
    }

    Dentry requireEntry(Op.Place at) throws PoolException {
        Dentry dentry = entry(at.parent(), at.name());
        if (dentry == null) {
            throw new PoolException(Reason.NOT_FOUND, "there is no \"" + at.name() + "\" in directory " + at.parent());
        }
        return dentry;
    }

    void requireFree(Op.Place at) throws PoolException {
        if (entry(at.parent(), at.name()) != null) {
            throw new PoolException(Reason.EXISTS, "\"" + at.name() + "\" exists already in directory " + at.parent());
        }
    }

    void change(InodeRecord record) {
        changedInodes.put(record.number, record);
    }

    void addInode(InodeRecord record) throws PoolException {
        inodes.put(record.number, record);
        changedInodes.put(record.number, record);
        counters = new Counters(
                Math.max(counters.nextInode(), record.number + 1), counters.lastTransaction(), counters.inodes() + 1);
        if (record.isUncommitted()) {
            store.put(Keys.of(Keys.UNCOMMITTED, record.number), Keys.NOTHING);
        }
    }

    void removeInode(InodeRecord record) throws PoolException {
        inodes.remove(record.number);
        changedInodes.remove(record.number);
        store.delete(Keys.of(Keys.INODE, record.number));
        store.delete(Keys.of(Keys.UNCOMMITTED, record.number));
        counters = counters.withInodes(counters.inodes() - 1);
    }

    // Chunks and what they take up.

    ChunkRecord requireChunk(ChunkId id) throws PoolException {
        ChunkRecord record = chunkRecord(Keys.CHUNK, id);
        if (record == null) {
            throw new PoolException(Reason.NOT_FOUND, "there is no chunk " + id);
        }
        return record;
    }

    void putChunk(ChunkRecord record) throws PoolException {
        store.put(Keys.chunk(Keys.CHUNK, record.chunk.id()), record.encode());
    }

    void changeUsage(RemoteId remote, long chunks, long storedBytes, long garbageBytes) throws PoolException {
        Usage now = changedUsage.get(remote);
        if (now == null) {
            byte[] value = store.get(Keys.usage(remote));
            now = value == null ? new Usage(0, 0, 0) : Records.usage(value);
        }
        changedUsage.put(
                remote,
                new Usage(now.chunks() + chunks, now.storedBytes() + storedBytes, now.garbageBytes() + garbageBytes));
    }

    @Override
    public Map<RemoteId, Usage> usage() throws PoolException {
        Map<RemoteId, Usage> usage = super.usage();
        changedUsage.forEach((remote, now) -> {
            if (now.chunks() == 0) {
                usage.remove(remote);
            } else {
                usage.put(remote, now);
            }
        });
        return usage;
    }

    @Override
    final Counters counters() {
        return counters;
    }

    void transactionDone(long transaction) {
        counters = counters.withLastTransaction(transaction);
    }

    // Everything else is written at once.

    void put(byte[] key, byte[] value) throws PoolException {
        store.put(key, value);
    }

    void delete(byte[] key) throws PoolException {
        store.delete(key);
    }

    private void flushInodes() throws PoolException {
        for (InodeRecord record : changedInodes.values()) {
            store.put(Keys.of(Keys.INODE, record.number), record.encode());
        }
    }

    void flush() throws PoolException {
        flushInodes();
        for (Map.Entry<RemoteId, Usage> entry : changedUsage.entrySet()) {
            if (entry.getValue().chunks() == 0) {
                store.delete(Keys.usage(entry.getKey()));
            } else {
                store.put(Keys.usage(entry.getKey()), Records.usage(entry.getValue()));
            }
        }
        if (!counters.equals(before)) {
            store.put(Keys.COUNTERS, counters.encode());
        }
    }
}
