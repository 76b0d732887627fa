package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.RemoteId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of the journaled state: the vocabulary of the journal (docs/FORMAT.md). Live changes and replay go through
 * the same applier, so a replayed journal gives the same state. Times are nanoseconds since 1970.
 */
public sealed interface Op {
    /** An entry of a directory: where a name is. */
    record Place(long parent, FileName name) {}

    /**
     * A new inode and its first name. Sets the parent's times; a directory raises the parent's link count.
     *
     * @param displaces the committed inode that had this name and stays the way back until the new inode's first
     *     content is committed, else 0
     */
    record Create(
            Place at,
            long inode,
            int mode,
            int owner,
            int group,
            long device,
            byte @Nullable [] target,
            long nanos,
            long displaces)
            implements Op {}

    record Link(long inode, Place at, long nanos, long displaces) implements Op {}

    /** Takes a name away; an inode without names becomes an orphan of that place. */
    record Unlink(Place at, long nanos) implements Op {}

    record RemoveDirectory(Place at, long nanos) implements Op {}

    /** Moves a name over whatever the target name was (which is taken away as by Unlink or RemoveDirectory). */
    record Rename(Place from, Place to, long nanos, boolean exchange, long displaces) implements Op {}

    /** Null fields stay. {@code sizeBytes} is never here: it belongs to the content. */
    record SetAttributes(
            long inode,
            @Nullable Integer permissions,
            @Nullable Integer owner,
            @Nullable Integer group,
            @Nullable Long accessNanos,
            @Nullable Long modifyNanos,
            long nanos)
            implements Op {}

    /** {@code value} null removes. */
    record SetXattr(long inode, byte[] name, byte @Nullable [] value, long nanos) implements Op {}

    /** A chunk that the contents committed in the same transaction use. */
    record AddChunk(Chunk chunk) implements Op {}

    /**
     * A content version as a delta on {@code baseVersion}: first everything in {@code drop} and at or beyond
     * {@code sizeBytes} goes, then {@code put} is laid over what is there. The version becomes baseVersion + 1.
     */
    record CommitContent(
            long inode,
            long baseVersion,
            long sizeBytes,
            long modifyNanos,
            long changeNanos,
            @Nullable Long accessNanos,
            List<ByteRange> drop,
            List<Extent> put)
            implements Op {}

    /** Deletes orphans with all they had. */
    record Reap(List<Long> inodes) implements Op {}

    /** A garbage chunk has been deleted from its remote. */
    record ForgetChunk(ChunkId chunk) implements Op {}

    /** Compaction: the same bytes elsewhere. Extents that no longer point into the old chunk stay as they are. */
    record Repoint(long inode, ChunkId from, List<Extent> put) implements Op {}

    /** Who keeps the metadata from here on, and how many of them must acknowledge. */
    record SetMembers(List<Member> members, int writeQuorum) implements Op {}

    /** A recovery gave a name back to the inode that was displaced there. */
    record Restore(Place at, long displacer, long inode, long nanos) implements Op {}

    /**
     * @param name the name in the configuration at that time, for messages only
     * @param dataToo false: keeps metadata only
     */
    record Member(RemoteId remote, String name, boolean dataToo) {}
}
