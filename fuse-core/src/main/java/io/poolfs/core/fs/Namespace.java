package io.poolfs.core.fs;

import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.fs.PoolFileSystem.RenameMode;
import io.poolfs.core.meta.Dentry;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of names: each is one transaction, journaled at once, without waiting for data. Decides what a name displaces:
 * the committed file that a name without committed content takes the place of stays the way back.
 */
final class Namespace {
    private static final int SET_GROUP_ID = 02000;
    private static final int PERMISSIONS = 07777;

    private final Requests requests;
    private final LongSupplier shippedTransaction;
    private final LostNames lostNames;

    /** Told of each inode that has just lost its last name. */
    @FunctionalInterface
    interface LostNames {
        void lostLastName(Inode inode);
    }

    Namespace(Metadata metadata, LongSupplier shippedTransaction, LostNames lostNames) {
        this.requests = new Requests(metadata);
        this.shippedTransaction = shippedTransaction;
        this.lostNames = lostNames;
    }

    /** Makes an inode of any type; {@code mode} has the type bits. Returns its number. */
    long create(
            @Nullable RequestId request, Caller caller, Op.Place at, int mode, long device, byte @Nullable [] target)
            throws PoolException {
        FileType type = FileType.ofMode(mode);
        return requests.once(request, writer -> {
            Inode parent = requireDirectory(writer, at.parent());
            requireAbsent(writer, at);
            boolean inherits = (parent.mode() & SET_GROUP_ID) != 0;
            int group = inherits ? parent.group() : caller.gid();
            int inherited = inherits && type == FileType.DIRECTORY ? SET_GROUP_ID : 0;
            long number = writer.nextInode();
            long displaced = type == FileType.REGULAR ? unlinkedAt(writer, at) : 0;
            writer.apply(new Op.Create(
                    at,
                    number,
                    type.modeBits() | (mode & PERMISSIONS) | inherited,
                    caller.uid(),
                    group,
                    device,
                    target,
                    writer.nanos(),
                    displaced));
            return number;
        });
    }

    void link(@Nullable RequestId request, long inode, Op.Place at) throws PoolException {
        requests.once(request, writer -> {
            Inode linked = writer.requireInode(inode);
            if (linked.isDirectory()) {
                throw new PoolException(Reason.NOT_PERMITTED, "directory " + inode + " can have one name only");
            }
            if (linked.links() == 0) {
                throw new PoolException(Reason.NOT_FOUND, "inode " + inode + " was deleted");
            }
            requireDirectory(writer, at.parent());
            requireAbsent(writer, at);
            long displaced = linked.hasCommittedContent() ? 0 : unlinkedAt(writer, at);
            writer.apply(new Op.Link(inode, at, writer.nanos(), displaced));
            return inode;
        });
    }

    void unlink(@Nullable RequestId request, Op.Place at) throws PoolException {
        Inode[] lost = new Inode[1];
        requests.once(request, writer -> {
            Inode inode = requireEntry(writer, at);
            if (inode.isDirectory()) {
                throw new PoolException(Reason.IS_DIRECTORY, "\"" + at.name() + "\" is a directory");
            }
            writer.apply(new Op.Unlink(at, writer.nanos()));
            lost[0] = inode;
            return 0;
        });
        lostName(lost[0]);
    }

    void removeDirectory(@Nullable RequestId request, Op.Place at) throws PoolException {
        Inode[] lost = new Inode[1];
        requests.once(request, writer -> {
            Inode inode = requireEntry(writer, at);
            if (!inode.isDirectory()) {
                throw new PoolException(Reason.NOT_DIRECTORY, "\"" + at.name() + "\" is not a directory");
            }
            writer.apply(new Op.RemoveDirectory(at, writer.nanos()));
            lost[0] = inode;
            return 0;
        });
        lostName(lost[0]);
    }

    void rename(@Nullable RequestId request, Op.Place from, Op.Place to, RenameMode mode) throws PoolException {
        Inode[] lost = new Inode[1];
        requests.once(request, writer -> {
            Inode moved = requireEntry(writer, from);
            requireDirectory(writer, to.parent());
            Dentry there = writer.entry(to.parent(), to.name());
            if (mode == RenameMode.EXCHANGE && there == null) {
                throw new PoolException(Reason.NOT_FOUND, "no \"" + to.name() + "\" to exchange with");
            }
            if (mode == RenameMode.NO_REPLACE && there != null) {
                throw new PoolException(Reason.EXISTS, "\"" + to.name() + "\" exists");
            }
            if (there != null && there.inode() == moved.number()) {
                return 0;
            }
            Inode other = there == null ? null : writer.requireInode(there.inode());
            if (mode == RenameMode.EXCHANGE && other != null) {
                writer.apply(exchange(from, moved, to, other, writer.nanos()));
            } else {
                long displaced = moved.hasCommittedContent()
                        ? 0
                        : other == null ? unlinkedAt(writer, to) : displacedBy(moved, other);
                writer.apply(new Op.Rename(from, to, writer.nanos(), false, displaced));
                lost[0] = other;
            }
            return 0;
        });
        lostName(lost[0]);
    }

    /** The first name of an exchange is the one whose inode may displace: the uncommitted one goes first. */
    private static Op.Rename exchange(Op.Place from, Inode moved, Op.Place to, Inode other, long nanos) {
        return other.hasCommittedContent()
                ? new Op.Rename(from, to, nanos, true, displacedBy(moved, other))
                : new Op.Rename(to, from, nanos, true, displacedBy(other, moved));
    }

    private static long displacedBy(Inode moved, Inode loser) {
        return !moved.hasCommittedContent() && loser.isRegular() && loser.hasCommittedContent() ? loser.number() : 0;
    }

    /** The committed file that lost this name in a transaction that no quorum holds yet; 0 when there is none. */
    private long unlinkedAt(MetadataReader reader, Op.Place at) throws PoolException {
        MetadataReader.Orphan orphan = reader.committedOrphanOf(at);
        return orphan != null && orphan.transaction() > shippedTransaction.getAsLong() ? orphan.inode() : 0;
    }

    private void lostName(@Nullable Inode before) {
        if (before != null && (before.isDirectory() || before.links() == 1)) {
            lostNames.lostLastName(before);
        }
    }

    private static Inode requireEntry(MetadataWriter writer, Op.Place at) throws PoolException {
        requireDirectory(writer, at.parent());
        Dentry entry = writer.entry(at.parent(), at.name());
        if (entry == null) {
            throw new PoolException(Reason.NOT_FOUND, "no \"" + at.name() + "\" in directory " + at.parent());
        }
        return writer.requireInode(entry.inode());
    }

    private static void requireAbsent(MetadataWriter writer, Op.Place at) throws PoolException {
        if (writer.entry(at.parent(), at.name()) != null) {
            throw new PoolException(Reason.EXISTS, "\"" + at.name() + "\" exists in directory " + at.parent());
        }
    }

    private static Inode requireDirectory(MetadataWriter writer, long number) throws PoolException {
        Inode inode = writer.inode(number);
        if (inode == null || (inode.isDirectory() && inode.links() == 0)) {
            throw new PoolException(Reason.NOT_FOUND, "directory " + number + " was deleted");
        }
        if (!inode.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, "inode " + number + " is not a directory");
        }
        return inode;
    }
}
