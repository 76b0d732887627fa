package io.poolfs.core.meta;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts again what is only counted: links, entries, uses of chunks, usage of remotes, and the lists made from them.
 * Names, inodes, extents and chunks are what is counted; they are never touched. And nothing becomes garbage or nameless
 * by it: where a count would fall to nothing, the record stays as it is, since it may be the other side that is damaged.
 * Used by one thread, in one store transaction.
 */
final class Recount {
    private static final class Tally {
        int names;
        int subdirectories;
        long entries;
    }

    private static final class Use {
        long references;
        long bytes;
    }

    private final KeyValueStore.Writer writer;
    private final SnapshotReader reader;
    private final long nanos;
    private final long lastTransaction;
    private final Map<Long, Tally> tallies = new HashMap<>();
    private final Map<ChunkId, Use> uses = new HashMap<>();
    private long changes;

    private Recount(KeyValueStore.Writer writer, long nanos) throws PoolException {
        this.writer = writer;
        this.reader = new SnapshotReader(writer);
        this.nanos = nanos;
        this.lastTransaction = Math.max(1, reader.lastTransaction());
    }

    /** Returns how many records changed. */
    static long run(KeyValueStore.Writer writer, long nanos) throws PoolException {
        Recount recount = new Recount(writer, nanos);
        recount.tree();
        recount.content();
        return recount.changes;
    }

    private void tree() throws PoolException {
        reader.allEntries(entry -> {
            Tally directory = tally(entry.parent());
            directory.entries++;
            tally(entry.dentry().inode()).names++;
            InodeRecord record = reader.inodeRecord(entry.dentry().inode());
            if (record != null && record.isDirectory()) {
                directory.subdirectories++;
            }
            return true;
        });
        Set<Long> uncommitted = new HashSet<>();
        reader.scan(Keys.UNCOMMITTED, (key, value) -> uncommitted.add(Keys.numberAt(key, 1)));
        long[] count = {0, 0};
        List<InodeRecord> wrong = new ArrayList<>();
        List<byte[]> unlisted = new ArrayList<>();
        reader.scan(Keys.INODE, (key, value) -> {
            InodeRecord record = InodeRecord.decode(Keys.numberAt(key, 1), value);
            count[0]++;
            count[1] = Math.max(count[1], record.number);
            if (correct(record)) {
                wrong.add(record);
            }
            // One with a size has content whatever its version says: a recovery must not take it for empty.
            if (!uncommitted.remove(record.number) && record.isUncommitted() && record.sizeBytes == 0) {
                unlisted.add(Keys.of(Keys.UNCOMMITTED, record.number));
            } else if (!record.isUncommitted() && reader.get(Keys.of(Keys.UNCOMMITTED, record.number)) != null) {
                uncommitted.add(record.number);
            }
            return true;
        });
        for (InodeRecord record : wrong) {
            put(Keys.of(Keys.INODE, record.number), record.encode());
        }
        for (byte[] key : unlisted) {
            put(key, Keys.NOTHING);
        }
        for (long number : uncommitted) {
            delete(Keys.of(Keys.UNCOMMITTED, number));
        }
        Counters counters = reader.counters();
        Counters right = counters.withInodes(count[0]).withNextInode(Math.max(counters.nextInode(), count[1] + 1));
        if (!right.equals(counters)) {
            put(Keys.COUNTERS, right.encode());
        }
    }

    /** Whether it changed. An inode that has no name, or says that it has none, is left alone. */
    private boolean correct(InodeRecord record) {
        Tally tally = tallies.getOrDefault(record.number, new Tally());
        if (record.isDirectory()) {
            int links = record.links == 0 ? 0 : 2 + tally.subdirectories;
            boolean changed = record.entries != tally.entries || record.links != links;
            record.entries = tally.entries;
            record.links = links;
            return changed && (tally.names > 0 || record.number == Inode.ROOT || record.links == 0);
        }
        if (tally.names == 0 || record.links == 0 || record.links == tally.names) {
            return false;
        }
        record.links = tally.names;
        return true;
    }

    private void content() throws PoolException {
        List<byte[]> references = new ArrayList<>();
        reader.allExtents(reference -> {
            Extent extent = reference.extent();
            ChunkId chunk = extent.piece().chunk();
            Use use = uses.computeIfAbsent(chunk, id -> new Use());
            use.references++;
            use.bytes += extent.lengthBytes();
            byte[] key = Keys.reference(chunk, reference.inode(), extent.fileEnd());
            if (reader.get(key) == null) {
                references.add(key);
            }
            return true;
        });
        for (byte[] key : references) {
            put(key, Keys.NOTHING);
        }
        superfluousReferences();
        chunks();
    }

    private void superfluousReferences() throws PoolException {
        List<byte[]> superfluous = new ArrayList<>();
        reader.scan(Keys.REFERENCE, (key, value) -> {
            byte[] extent = reader.get(Keys.of(Keys.EXTENT, Keys.numberAt(key, 17), Keys.numberAt(key, 25)));
            ChunkId chunk = SnapshotReader.chunkIn(key, 1);
            boolean points = extent != null
                    && Records.extent(Keys.numberAt(key, 25), extent)
                            .piece()
                            .chunk()
                            .equals(chunk);
            // The last trace of a use stays: without it the chunk would look unused.
            if (!points && uses.containsKey(chunk)) {
                superfluous.add(key.clone());
            }
            return true;
        });
        for (byte[] key : superfluous) {
            delete(key);
        }
    }

    private void chunks() throws PoolException {
        Map<RemoteId, MetadataReader.Usage> usage = new HashMap<>();
        List<ChunkRecord> wrong = new ArrayList<>();
        Map<ChunkId, Long> since = new HashMap<>();
        reader.scan(Keys.CHUNK, (key, value) -> {
            ChunkId id = SnapshotReader.chunkIn(key, 1);
            ChunkRecord record = ChunkRecord.decode(id, value);
            if (correct(record)) {
                wrong.add(record);
            }
            since.put(id, record.garbageSince);
            usage.merge(
                    record.chunk.remote(),
                    new MetadataReader.Usage(1, record.chunk.sizeBytes(), record.garbageBytes()),
                    (a, b) -> new MetadataReader.Usage(
                            a.chunks() + b.chunks(),
                            a.storedBytes() + b.storedBytes(),
                            a.garbageBytes() + b.garbageBytes()));
            return true;
        });
        for (ChunkRecord record : wrong) {
            put(Keys.chunk(Keys.CHUNK, record.chunk.id()), record.encode());
        }
        garbageList(since);
        Map<RemoteId, MetadataReader.Usage> counted = reader.usage();
        for (RemoteId remote : counted.keySet()) {
            if (!usage.containsKey(remote)) {
                delete(Keys.usage(remote));
            }
        }
        for (Map.Entry<RemoteId, MetadataReader.Usage> entry : usage.entrySet()) {
            if (!entry.getValue().equals(counted.get(entry.getKey()))) {
                put(Keys.usage(entry.getKey()), Records.usage(entry.getValue()));
            }
        }
    }

    /** Whether it changed. One that says it is used and is not stays: as garbage it would be deleted. */
    private boolean correct(ChunkRecord record) {
        Use use = uses.getOrDefault(record.chunk.id(), new Use());
        boolean agrees = record.references == use.references && record.liveBytes == use.bytes;
        if (use.references == 0) {
            boolean unlisted = agrees && record.garbageSince == 0;
            if (unlisted) {
                record.garbageSince = lastTransaction;
            }
            return unlisted;
        }
        if (agrees && record.garbageSince == 0) {
            return false;
        }
        record.references = use.references;
        record.liveBytes = use.bytes;
        record.garbageSince = 0;
        return true;
    }

    private void garbageList(Map<ChunkId, Long> since) throws PoolException {
        Set<ChunkId> listed = new HashSet<>();
        List<byte[]> wrong = new ArrayList<>();
        reader.scan(Keys.GARBAGE, (key, value) -> {
            ChunkId id = SnapshotReader.chunkIn(key, 9);
            if (since.getOrDefault(id, 0L) == Keys.numberAt(key, 1)) {
                listed.add(id);
            } else {
                wrong.add(key.clone());
            }
            return true;
        });
        for (byte[] key : wrong) {
            delete(key);
        }
        for (Map.Entry<ChunkId, Long> entry : since.entrySet()) {
            if (entry.getValue() != 0 && !listed.contains(entry.getKey())) {
                put(Keys.garbage(entry.getValue(), entry.getKey()), Records.number(nanos));
            }
        }
    }

    private Tally tally(long inode) {
        return tallies.computeIfAbsent(inode, number -> new Tally());
    }

    private void put(byte[] key, byte[] value) throws PoolException {
        writer.put(key, value);
        changes++;
    }

    private void delete(byte[] key) throws PoolException {
        writer.delete(key);
        changes++;
    }
}
