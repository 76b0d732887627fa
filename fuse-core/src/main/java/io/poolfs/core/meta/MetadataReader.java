package io.poolfs.core.meta;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One consistent snapshot of the metadata. Valid inside the work it was given to. */
public interface MetadataReader {
    /** Null when there is none. Orphans (links = 0) are found. */
    @Nullable
    Inode inode(long number) throws PoolException;

    /** NOT_FOUND when there is none. */
    Inode requireInode(long number) throws PoolException;

    /** Null when the name is not there. The parent is not checked. */
    @Nullable
    Dentry entry(long parent, FileName name) throws PoolException;

    /** Every inode, orphans included, in order of number. */
    void inodes(Visitor<Inode> visitor) throws PoolException;

    /** Every directory entry, in order of parent and name. */
    void allEntries(Visitor<Entry> visitor) throws PoolException;

    /** Entries in order of name bytes, behind {@code after} (null = all), until the visitor returns false. */
    void entries(long parent, @Nullable FileName after, Visitor<Dentry> visitor) throws PoolException;

    /** The parent of a directory; the root's is the root. */
    long parentOf(long directory) throws PoolException;

    /** The names of an inode (a directory: its one). In no particular order. */
    List<Op.Place> places(long inode) throws PoolException;

    /** Extents that overlap [start, end), in order, not narrowed. */
    List<Extent> extents(long inode, long start, long end) throws PoolException;

    /** Every extent, in order of inode and offset. */
    void allExtents(Visitor<Reference> visitor) throws PoolException;

    /** Pending extents that overlap [start, end), in order, narrowed to it or not as stored. */
    List<PendingExtent> pendingExtents(long inode, long start, long end) throws PoolException;

    @Nullable
    Chunk chunk(ChunkId id) throws PoolException;

    /** Chunks that uploads of this state directory put on remotes and that no committed content uses yet. */
    @Nullable
    Chunk pendingChunk(ChunkId id) throws PoolException;

    /** All of these, in no particular order. */
    void pendingChunks(Visitor<Chunk> visitor) throws PoolException;

    /** The pending extents of all inodes, by inode. */
    void pendingExtents(Visitor<Pending> visitor) throws PoolException;

    byte @Nullable [] xattr(long inode, byte[] name) throws PoolException;

    List<byte[]> xattrNames(long inode) throws PoolException;

    /** Every extended attribute, in order of inode and name. */
    void xattrs(Visitor<Xattr> visitor) throws PoolException;

    /** Inodes without a name that were not reaped yet. */
    void orphans(Visitor<Orphan> visitor) throws PoolException;

    /** Null when the inode has a name or does not exist. */
    @Nullable
    Orphan orphan(long inode) throws PoolException;

    /**
     * The newest orphan of the place that had committed content when it lost that name: what a new file there displaces
     * while the transaction that took the name is not shipped. Null when there is none.
     */
    @Nullable
    Orphan committedOrphanOf(Op.Place place) throws PoolException;

    /** What the inode displaced, per place. */
    List<Displaced> displacedBy(long displacer) throws PoolException;

    /** Every displaced record, in order of displacer. */
    void displaced(Visitor<Displaced> visitor) throws PoolException;

    /** Whether a displaced record holds this inode. */
    boolean isHeldAsDisplaced(long inode) throws PoolException;

    /** Regular inodes whose content has never been committed. */
    void uncommitted(Visitor<Inode> visitor) throws PoolException;

    /** Chunks without references, oldest first. */
    void garbage(Visitor<GarbageChunk> visitor) throws PoolException;

    void chunks(Visitor<ChunkUse> visitor) throws PoolException;

    /** Extents (inode, extent) that point into the chunk. */
    void references(ChunkId chunk, Visitor<Reference> visitor) throws PoolException;

    /** Bytes of this pool's chunks per remote, garbage included. */
    Map<RemoteId, Usage> usage() throws PoolException;

    /** Inodes that exist, orphans included. */
    long inodeCount() throws PoolException;

    Members members() throws PoolException;

    /** The number that the next new inode gets; unused at this moment. */
    long nextInode() throws PoolException;

    /** The last transaction applied here; 0 before the first. */
    long lastTransaction() throws PoolException;

    @FunctionalInterface
    interface Visitor<T> {
        /** Returns false to stop. Changes that the visitor makes may or may not be visited. */
        boolean visit(T item) throws PoolException;
    }

    record Entry(long parent, Dentry dentry) {}

    record Xattr(long inode, byte[] name, byte[] value) {}

    record Orphan(long inode, Op.Place lastPlace, long transaction) {}

    record Displaced(long displacer, Op.Place at, long inode) {}

    record Pending(long inode, PendingExtent extent) {}

    /** {@code transaction}: the one that dropped the last reference. */
    record GarbageChunk(Chunk chunk, long transaction, long droppedNanos) {}

    /** {@code liveBytes}: the sum of the lengths of the extents that point into it. */
    record ChunkUse(Chunk chunk, long references, long liveBytes) {}

    record Reference(long inode, Extent extent) {}

    /** Bytes and count of chunks on one remote, and how many of the bytes no extent uses. */
    record Usage(long chunks, long storedBytes, long garbageBytes) {}

    /** Who keeps the metadata; empty list before the first SetMembers. */
    record Members(List<Op.Member> members, int writeQuorum) {}
}
