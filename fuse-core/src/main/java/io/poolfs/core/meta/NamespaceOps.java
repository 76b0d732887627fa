package io.poolfs.core.meta;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import org.jspecify.annotations.Nullable;

/** The ops that change names. Each checks everything before it changes anything. Used by one thread. */
final class NamespaceOps {
    /** As many links as the 32 bits of {@code st_nlink} hold on every system, with room to spare. */
    static final int MAX_LINKS = 1 << 30;

    /** Numbers up to here are exact in every JSON reader. */
    static final long MAX_INODE = (1L << 53) - 1;

    static final int MAX_TARGET_BYTES = 4095;

    private final Tables tables;
    private final Names names;

    NamespaceOps(Tables tables, Names names) {
        this.tables = tables;
        this.names = names;
    }

    void create(Op.Create op) throws PoolException {
        FileType type = requireCreatable(op);
        InodeRecord parent = tables.requireDirectory(op.at().parent());
        tables.requireFree(op.at());
        if (op.inode() < tables.nextInode() || op.inode() >= MAX_INODE) {
            throw new PoolException(
                    Reason.INVALID, "inode number " + op.inode() + "; the next is " + tables.nextInode());
        }
        names.requireDisplaceable(op.displaces(), type == FileType.REGULAR, op.inode());
        if (type == FileType.DIRECTORY) {
            requireLinkable(parent);
        }

        InodeRecord inode = new InodeRecord(op.inode());
        inode.mode = op.mode();
        inode.owner = op.owner();
        inode.group = op.group();
        inode.device = op.device();
        byte[] target = op.target();
        inode.target = target;
        inode.sizeBytes = target == null ? 0 : target.length;
        inode.accessNanos = op.nanos();
        inode.modifyNanos = op.nanos();
        inode.changeNanos = op.nanos();
        inode.birthNanos = op.nanos();
        inode.links = 1;
        if (type == FileType.DIRECTORY) {
            inode.links = 2;
            parent.links++;
        }
        tables.addInode(inode);
        names.give(inode, op.at());
        if (op.displaces() != 0) {
            names.putDisplaced(op.inode(), op.at(), op.displaces());
        }
        parent.entriesChanged(1, op.nanos());
        tables.change(parent);
    }

    void link(Op.Link op) throws PoolException {
        InodeRecord inode = tables.requireRecord(op.inode());
        if (inode.isDirectory()) {
            throw new PoolException(Reason.NOT_PERMITTED, "directory " + op.inode() + " cannot get a second name");
        }
        if (inode.links == 0) {
            throw new PoolException(Reason.NOT_FOUND, "inode " + op.inode() + " has been removed");
        }
        InodeRecord parent = tables.requireDirectory(op.at().parent());
        tables.requireFree(op.at());
        requireLinkable(inode);
        names.requireDisplaceable(op.displaces(), inode.isUncommitted(), op.inode());

        inode.links++;
        inode.changeNanos = op.nanos();
        names.give(inode, op.at());
        if (op.displaces() != 0) {
            names.putDisplaced(op.inode(), op.at(), op.displaces());
        }
        parent.entriesChanged(1, op.nanos());
        tables.change(parent);
    }

    void unlink(Op.Unlink op) throws PoolException {
        InodeRecord parent = tables.requireDirectory(op.at().parent());
        InodeRecord inode = tables.requireRecord(tables.requireEntry(op.at()).inode());
        if (inode.isDirectory()) {
            throw new PoolException(Reason.IS_DIRECTORY, describe(op.at()) + " is a directory");
        }
        names.take(inode, op.at(), op.nanos());
        parent.entriesChanged(-1, op.nanos());
        tables.change(parent);
    }

    void removeDirectory(Op.RemoveDirectory op) throws PoolException {
        InodeRecord parent = tables.requireDirectory(op.at().parent());
        InodeRecord directory =
                tables.requireRecord(tables.requireEntry(op.at()).inode());
        if (!directory.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, describe(op.at()) + " is not a directory");
        }
        requireEmpty(directory, op.at());
        names.take(directory, op.at(), op.nanos());
        parent.links--;
        parent.entriesChanged(-1, op.nanos());
        tables.change(parent);
    }

    /** False when there was nothing to do: both names are the same inode's. */
    boolean rename(Op.Rename op) throws PoolException {
        InodeRecord fromParent = tables.requireDirectory(op.from().parent());
        InodeRecord toParent = tables.requireDirectory(op.to().parent());
        InodeRecord moved = tables.requireRecord(tables.requireEntry(op.from()).inode());
        Dentry there = op.exchange()
                ? tables.requireEntry(op.to())
                : tables.entry(op.to().parent(), op.to().name());
        InodeRecord other = there == null ? null : tables.requireRecord(there.inode());
        if (other == moved) {
            return false;
        }
        names.requireDisplaceable(op.displaces(), moved.isUncommitted(), moved.number);
        if (fromParent != toParent) {
            requireNotInside(moved, toParent);
        }
        if (op.exchange() && other != null) {
            exchange(op, fromParent, toParent, moved, other);
        } else {
            replace(op, fromParent, toParent, moved, other);
        }
        return true;
    }

    private void exchange(
            Op.Rename op, InodeRecord fromParent, InodeRecord toParent, InodeRecord moved, InodeRecord other)
            throws PoolException {
        if (fromParent != toParent) {
            requireNotInside(other, fromParent);
        }
        int directoriesMoved = (moved.isDirectory() ? 1 : 0) - (other.isDirectory() ? 1 : 0);
        if (fromParent != toParent && directoriesMoved != 0) {
            requireLinkable(directoriesMoved > 0 ? toParent : fromParent);
        }

        long movedHeld = names.takeDisplaced(moved, op.from());
        long otherHeld = names.takeDisplaced(other, op.to());
        names.move(moved, op.from(), op.to());
        names.move(other, op.to(), op.from());
        if (op.displaces() != 0 || movedHeld != 0) {
            names.putDisplaced(moved.number, op.to(), op.displaces() != 0 ? op.displaces() : movedHeld);
        }
        if (otherHeld != 0) {
            names.putDisplaced(other.number, op.from(), otherHeld);
        }
        moved.changeNanos = op.nanos();
        other.changeNanos = op.nanos();
        if (fromParent != toParent) {
            fromParent.links -= directoriesMoved;
            toParent.links += directoriesMoved;
        }
        fromParent.entriesChanged(0, op.nanos());
        toParent.entriesChanged(0, op.nanos());
        tables.change(fromParent);
        tables.change(toParent);
    }

    private void replace(
            Op.Rename op, InodeRecord fromParent, InodeRecord toParent, InodeRecord moved, @Nullable InodeRecord other)
            throws PoolException {
        if (other != null) {
            requireReplaceable(moved, other, op.to());
        } else if (moved.isDirectory() && fromParent != toParent) {
            requireLinkable(toParent);
        }

        long held = names.takeDisplaced(moved, op.from());
        if (other != null) {
            long heldByOther = names.takeDisplaced(other, op.to());
            held = heldByOther != 0 ? heldByOther : held;
            names.take(other, op.to(), op.nanos());
            toParent.links -= other.isDirectory() ? 1 : 0;
            toParent.entriesChanged(-1, op.nanos());
        }
        held = op.displaces() != 0 ? op.displaces() : held;
        tables.delete(Keys.dentry(op.from()));
        names.move(moved, op.from(), op.to());
        if (held != 0 && moved.isUncommitted()) {
            names.putDisplaced(moved.number, op.to(), held);
        }
        moved.changeNanos = op.nanos();
        if (moved.isDirectory()) {
            fromParent.links--;
            toParent.links++;
        }
        fromParent.entriesChanged(-1, op.nanos());
        toParent.entriesChanged(1, op.nanos());
        tables.change(fromParent);
        tables.change(toParent);
    }

    void restore(Op.Restore op) throws PoolException {
        InodeRecord parent = tables.requireDirectory(op.at().parent());
        InodeRecord displacer =
                tables.requireRecord(tables.requireEntry(op.at()).inode());
        InodeRecord inode = tables.requireRecord(op.inode());
        if (displacer.number != op.displacer() || names.displaced(op.displacer(), op.at()) != op.inode()) {
            throw new PoolException(
                    Reason.INVALID,
                    "inode " + op.displacer() + " did not displace inode " + op.inode() + " as " + describe(op.at()));
        }
        requireLinkable(inode);

        names.take(displacer, op.at(), op.nanos());
        MetadataReader.Orphan orphan = tables.orphan(op.inode());
        if (orphan != null) {
            names.forgetOrphan(orphan);
        }
        inode.links++;
        inode.changeNanos = op.nanos();
        names.give(inode, op.at());
        parent.entriesChanged(0, op.nanos());
        tables.change(parent);
    }

    private static FileType requireCreatable(Op.Create op) throws PoolException {
        FileType type = FileType.ofMode(op.mode());
        byte[] target = op.target();
        boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
        boolean targetFits = type == FileType.SYMLINK
                ? target != null && target.length > 0 && target.length <= MAX_TARGET_BYTES
                : target == null;
        if ((op.mode() & ~0xffff) != 0 || !targetFits || (op.device() != 0 && !device)) {
            throw new PoolException(
                    Reason.INVALID,
                    "cannot create " + describe(op.at()) + " with mode 0" + Integer.toOctalString(op.mode())
                            + ", device " + op.device() + " and a target of "
                            + (target == null ? 0 : target.length) + " bytes");
        }
        return type;
    }

    private static void requireReplaceable(InodeRecord moved, InodeRecord other, Op.Place to) throws PoolException {
        if (moved.isDirectory() && !other.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, describe(to) + " is not a directory");
        }
        if (!moved.isDirectory() && other.isDirectory()) {
            throw new PoolException(Reason.IS_DIRECTORY, describe(to) + " is a directory");
        }
        if (other.isDirectory()) {
            requireEmpty(other, to);
        }
    }

    private static void requireEmpty(InodeRecord directory, Op.Place at) throws PoolException {
        if (directory.entries != 0) {
            throw new PoolException(Reason.NOT_EMPTY, describe(at) + " has " + directory.entries + " entries");
        }
    }

    private static void requireLinkable(InodeRecord inode) throws PoolException {
        if (inode.links >= MAX_LINKS) {
            throw new PoolException(
                    Reason.TOO_MANY_LINKS, "inode " + inode.number + " has " + inode.links + " links already");
        }
    }

    /** A directory cannot be moved into itself. */
    private void requireNotInside(InodeRecord moved, InodeRecord into) throws PoolException {
        if (!moved.isDirectory()) {
            return;
        }
        long at = into.number;
        while (at != Inode.ROOT) {
            if (at == moved.number) {
                throw new PoolException(
                        Reason.INVALID,
                        "directory " + moved.number + " cannot be moved into itself (" + into.number + ")");
            }
            at = tables.parentOf(at);
        }
    }

    private static String describe(Op.Place at) {
        return "\"" + at.name() + "\" in directory " + at.parent();
    }
}
