package io.poolfs.core.meta;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metadata as one snapshot of the store has it. Valid as long as the snapshot, on its thread. */
class SnapshotReader implements MetadataReader {
    private final KeyValueStore.Reader store;

    SnapshotReader(KeyValueStore.Reader store) {
        this.store = store;
    }

    @Override
    public @Nullable Inode inode(long number) throws PoolException {
        byte[] value = store.get(Keys.of(Keys.INODE, number));
        return value == null ? null : InodeRecord.decodeInode(number, value);
    }

    /** The inode with what is not visible outside of this package. */
    @Nullable
    InodeRecord inodeRecord(long number) throws PoolException {
        byte[] value = store.get(Keys.of(Keys.INODE, number));
        return value == null ? null : InodeRecord.decode(number, value);
    }

    @Override
    public final Inode requireInode(long number) throws PoolException {
        Inode inode = inode(number);
        if (inode == null) {
            throw notFound(number);
        }
        return inode;
    }

    @Override
    public void inodes(Visitor<Inode> visitor) throws PoolException {
        scan(Keys.INODE, (key, value) -> visitor.visit(InodeRecord.decodeInode(Keys.numberAt(key, 1), value)));
    }

    @Override
    public final @Nullable Dentry entry(long parent, FileName name) throws PoolException {
        byte[] value = store.get(Keys.of(Keys.DENTRY, parent, name.bytes()));
        return value == null ? null : Records.dentry(name, value);
    }

    @Override
    public final void entries(long parent, @Nullable FileName after, Visitor<Dentry> visitor) throws PoolException {
        byte[] from = after == null ? Keys.of(Keys.DENTRY, parent) : Keys.behindDentry(parent, after);
        store.scan(from, Keys.of(Keys.DENTRY, parent + 1), (key, value) -> {
            FileName name = FileName.of(Arrays.copyOfRange(key, 9, key.length));
            return visitor.visit(Records.dentry(name, value));
        });
    }

    @Override
    public final void allEntries(Visitor<Entry> visitor) throws PoolException {
        scan(Keys.DENTRY, (key, value) -> {
            Op.Place at = Records.placeInKey(key, 1);
            return visitor.visit(new Entry(at.parent(), Records.dentry(at.name(), value)));
        });
    }

    @Override
    public final long parentOf(long directory) throws PoolException {
        if (directory == Inode.ROOT) {
            return Inode.ROOT;
        }
        InodeRecord record = inodeRecord(directory);
        if (record == null) {
            throw notFound(directory);
        }
        if (!record.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, "inode " + directory + " is not a directory");
        }
        Op.Place place = record.place;
        if (place != null) {
            return place.parent();
        }
        Orphan orphan = orphan(directory);
        return orphan == null ? Inode.ROOT : orphan.lastPlace().parent();
    }

    @Override
    public final List<Op.Place> places(long inode) throws PoolException {
        InodeRecord record = inodeRecord(inode);
        if (record == null) {
            throw notFound(inode);
        }
        List<Op.Place> places = new ArrayList<>();
        if (record.place != null) {
            places.add(record.place);
        }
        scan(Keys.LINK, inode, (key, value) -> places.add(Records.placeInKey(key, 9)));
        return places;
    }

    @Override
    public final List<Extent> extents(long inode, long start, long end) throws PoolException {
        List<Extent> found = new ArrayList<>();
        if (start < end) {
            store.scan(Keys.of(Keys.EXTENT, inode, start + 1), Keys.of(Keys.EXTENT, inode + 1), (key, value) -> {
                Extent extent = Records.extent(Keys.numberAt(key, 9), value);
                return extent.fileOffset() < end && found.add(extent);
            });
        }
        return found;
    }

    @Override
    public final void allExtents(Visitor<Reference> visitor) throws PoolException {
        scan(
                Keys.EXTENT,
                (key, value) -> visitor.visit(
                        new Reference(Keys.numberAt(key, 1), Records.extent(Keys.numberAt(key, 9), value))));
    }

    @Override
    public final List<PendingExtent> pendingExtents(long inode, long start, long end) throws PoolException {
        List<PendingExtent> found = new ArrayList<>();
        if (start < end) {
            store.scan(
                    Keys.of(Keys.PENDING_EXTENT, inode, start + 1),
                    Keys.of(Keys.PENDING_EXTENT, inode + 1),
                    (key, value) -> {
                        PendingExtent pending = Records.pending(Keys.numberAt(key, 9), value);
                        return pending.fileRange().offset() < end && found.add(pending);
                    });
        }
        return found;
    }

    @Override
    public final void pendingExtents(Visitor<Pending> visitor) throws PoolException {
        scan(
                Keys.PENDING_EXTENT,
                (key, value) -> visitor.visit(
                        new Pending(Keys.numberAt(key, 1), Records.pending(Keys.numberAt(key, 9), value))));
    }

    @Override
    public final @Nullable Chunk chunk(ChunkId id) throws PoolException {
        ChunkRecord record = chunkRecord(Keys.CHUNK, id);
        return record == null ? null : record.chunk;
    }

    @Override
    public final @Nullable Chunk pendingChunk(ChunkId id) throws PoolException {
        ChunkRecord record = chunkRecord(Keys.PENDING_CHUNK, id);
        return record == null ? null : record.chunk;
    }

    @Nullable
    final ChunkRecord chunkRecord(char kind, ChunkId id) throws PoolException {
        byte[] value = store.get(Keys.chunk(kind, id));
        return value == null ? null : ChunkRecord.decode(id, value);
    }

    @Override
    public final void pendingChunks(Visitor<Chunk> visitor) throws PoolException {
        scan(Keys.PENDING_CHUNK, (key, value) -> visitor.visit(ChunkRecord.decode(chunkIn(key, 1), value).chunk));
    }

    @Override
    public final byte @Nullable [] xattr(long inode, byte[] name) throws PoolException {
        return store.get(Keys.of(Keys.XATTR, inode, name));
    }

    @Override
    public final List<byte[]> xattrNames(long inode) throws PoolException {
        List<byte[]> names = new ArrayList<>();
        scan(Keys.XATTR, inode, (key, value) -> names.add(Arrays.copyOfRange(key, 9, key.length)));
        return names;
    }

    @Override
    public final void xattrs(Visitor<Xattr> visitor) throws PoolException {
        scan(
                Keys.XATTR,
                (key, value) ->
                        visitor.visit(new Xattr(Keys.numberAt(key, 1), Arrays.copyOfRange(key, 9, key.length), value)));
    }

    @Override
    public final void orphans(Visitor<Orphan> visitor) throws PoolException {
        scan(Keys.ORPHAN, (key, value) -> visitor.visit(Records.orphan(Keys.numberAt(key, 1), value)));
    }

    @Override
    public final @Nullable Orphan orphan(long inode) throws PoolException {
        byte[] value = store.get(Keys.of(Keys.ORPHAN, inode));
        return value == null ? null : Records.orphan(inode, value);
    }

    @Override
    public final @Nullable Orphan committedOrphanOf(Op.Place place) throws PoolException {
        byte[] value = store.get(Keys.orphanAt(place));
        return value == null ? null : orphan(Records.number("orphan of a place", value));
    }

    @Override
    public final List<Displaced> displacedBy(long displacer) throws PoolException {
        List<Displaced> found = new ArrayList<>();
        scan(Keys.DISPLACED, displacer, (key, value) -> found.add(displacedIn(key, value)));
        return found;
    }

    @Override
    public final void displaced(Visitor<Displaced> visitor) throws PoolException {
        scan(Keys.DISPLACED, (key, value) -> visitor.visit(displacedIn(key, value)));
    }

    @Override
    public final boolean isHeldAsDisplaced(long inode) throws PoolException {
        boolean[] held = {false};
        scan(Keys.HELD, inode, (key, value) -> {
            held[0] = true;
            return false;
        });
        return held[0];
    }

    @Override
    public final void uncommitted(Visitor<Inode> visitor) throws PoolException {
        scan(Keys.UNCOMMITTED, (key, value) -> visitor.visit(requireInode(Keys.numberAt(key, 1))));
    }

    @Override
    public final void garbage(Visitor<GarbageChunk> visitor) throws PoolException {
        scan(Keys.GARBAGE, (key, value) -> {
            ChunkId id = chunkIn(key, 9);
            Chunk chunk = chunk(id);
            if (chunk == null) {
                throw new PoolException(Reason.CORRUPT, "garbage chunk " + id + " is not known");
            }
            long nanos = Records.number("garbage", value);
            return visitor.visit(new GarbageChunk(chunk, Keys.numberAt(key, 1), nanos));
        });
    }

    @Override
    public final void chunks(Visitor<ChunkUse> visitor) throws PoolException {
        scan(Keys.CHUNK, (key, value) -> {
            ChunkRecord record = ChunkRecord.decode(chunkIn(key, 1), value);
            return visitor.visit(new ChunkUse(record.chunk, record.references, record.liveBytes));
        });
    }

    @Override
    public final void references(ChunkId chunk, Visitor<Reference> visitor) throws PoolException {
        byte[] prefix = Keys.chunk(Keys.REFERENCE, chunk);
        store.scan(prefix, Keys.behindPrefix(prefix), (key, nothing) -> {
            long inode = Keys.numberAt(key, 17);
            long end = Keys.numberAt(key, 25);
            byte[] value = store.get(Keys.of(Keys.EXTENT, inode, end));
            if (value == null) {
                throw new PoolException(
                        Reason.CORRUPT, "chunk " + chunk + " is said to be used by inode " + inode + " before " + end);
            }
            return visitor.visit(new Reference(inode, Records.extent(end, value)));
        });
    }

    @Override
    public Map<RemoteId, Usage> usage() throws PoolException {
        Map<RemoteId, Usage> usage = new LinkedHashMap<>();
        scan(Keys.USAGE, (key, value) -> {
            usage.put(new RemoteId(Keys.numberAt(key, 1), Keys.numberAt(key, 9)), Records.usage(value));
            return true;
        });
        return usage;
    }

    @Override
    public final Members members() throws PoolException {
        byte[] value = store.get(Keys.MEMBERS);
        return value == null ? new Members(List.of(), 0) : Records.members(value);
    }

    @Override
    public final long inodeCount() throws PoolException {
        return counters().inodes();
    }

    @Override
    public final long nextInode() throws PoolException {
        return counters().nextInode();
    }

    @Override
    public final long lastTransaction() throws PoolException {
        return counters().lastTransaction();
    }

    Counters counters() throws PoolException {
        Counters counters = Counters.load(store);
        if (counters == null) {
            throw new PoolException(Reason.CORRUPT, "the metadata store has no counters");
        }
        return counters;
    }

    final byte @Nullable [] get(byte[] key) throws PoolException {
        return store.get(key);
    }

    /** Everything of a kind, raw. */
    final void scan(char kind, KeyValueStore.Visitor visitor) throws PoolException {
        store.scan(Keys.first(kind), Keys.behind(kind), visitor);
    }

    /** Everything of a kind that belongs to a number, raw. */
    final void scan(char kind, long number, KeyValueStore.Visitor visitor) throws PoolException {
        store.scan(Keys.of(kind, number), Keys.of(kind, number + 1), visitor);
    }

    static PoolException notFound(long inode) {
        return new PoolException(Reason.NOT_FOUND, "there is no inode " + inode);
    }

    static ChunkId chunkIn(byte[] key, int offset) {
        return new ChunkId(Keys.numberAt(key, offset), Keys.numberAt(key, offset + 8));
    }

    private static Displaced displacedIn(byte[] key, byte[] value) throws PoolException {
        return new Displaced(Keys.numberAt(key, 1), Records.placeInKey(key, 9), Records.number("displaced", value));
    }
}
