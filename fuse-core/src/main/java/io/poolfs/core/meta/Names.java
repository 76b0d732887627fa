package io.poolfs.core.meta;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;

/**
 * Puts names into directories and takes them away, with all that hangs on a name: the inode's places and links, orphans,
 * displaced records. Parents' own attributes are the caller's. Used by one thread.
 */
final class Names {
    private final Tables tables;
    private final long transaction;

    Names(Tables tables, long transaction) {
        this.tables = tables;
        this.transaction = transaction;
    }

    /** Lets the name point to the inode, which it did not before; its links are the caller's. */
    void give(InodeRecord inode, Op.Place at) throws PoolException {
        tables.put(Keys.dentry(at), Records.dentry(inode.number, inode.mode & FileType.MASK));
        if (inode.place == null) {
            inode.place = at;
        } else {
            tables.put(Keys.link(inode.number, at), Keys.NOTHING);
        }
        tables.change(inode);
    }

    /** Lets a name of the inode be somewhere else. */
    void move(InodeRecord inode, Op.Place from, Op.Place to) throws PoolException {
        tables.put(Keys.dentry(to), Records.dentry(inode.number, inode.mode & FileType.MASK));
        if (from.equals(inode.place)) {
            inode.place = to;
        } else {
            tables.delete(Keys.link(inode.number, from));
            tables.put(Keys.link(inode.number, to), Keys.NOTHING);
        }
        tables.change(inode);
    }

    /** Takes a name away; the last one makes an orphan. What the inode displaced there is forgotten. */
    void take(InodeRecord inode, Op.Place at, long nanos) throws PoolException {
        takeDisplaced(inode, at);
        tables.delete(Keys.dentry(at));
        inode.links = inode.isDirectory() ? 0 : inode.links - 1;
        inode.changeNanos = nanos;
        if (inode.links == 0) {
            inode.place = null;
            tables.put(Keys.of(Keys.ORPHAN, inode.number), Records.orphan(at, transaction));
            if (inode.isRegular() && !inode.isUncommitted()) {
                tables.put(Keys.orphanAt(at), Records.number(inode.number));
            }
        } else if (at.equals(inode.place)) {
            inode.place = anotherPlace(inode.number);
            tables.delete(Keys.link(inode.number, inode.place));
        } else {
            tables.delete(Keys.link(inode.number, at));
        }
        tables.change(inode);
    }

    /** The inode is no orphan any more: it gets a name, or is deleted. */
    void forgetOrphan(MetadataReader.Orphan orphan) throws PoolException {
        tables.delete(Keys.of(Keys.ORPHAN, orphan.inode()));
        MetadataReader.Orphan ofPlace = tables.committedOrphanOf(orphan.lastPlace());
        if (ofPlace == null || ofPlace.inode() == orphan.inode()) {
            tables.delete(Keys.orphanAt(orphan.lastPlace()));
        }
    }

    /** What the inode displaced at the place, or 0. */
    long displaced(long displacer, Op.Place at) throws PoolException {
        byte[] value = tables.get(Keys.displaced(displacer, at));
        return value == null ? 0 : Records.number("displaced", value);
    }

    void putDisplaced(long displacer, Op.Place at, long displaced) throws PoolException {
        tables.put(Keys.displaced(displacer, at), Records.number(displaced));
        tables.put(Keys.held(displaced, displacer, at), Keys.NOTHING);
    }

    /** Removes the record of what the inode displaced at the place and returns it, or 0. */
    long takeDisplaced(InodeRecord displacer, Op.Place at) throws PoolException {
        if (!displacer.isUncommitted()) {
            return 0;
        }
        long displaced = displaced(displacer.number, at);
        if (displaced != 0) {
            dropDisplaced(displacer.number, at, displaced);
        }
        return displaced;
    }

    void dropDisplaced(long displacer, Op.Place at, long displaced) throws PoolException {
        tables.delete(Keys.displaced(displacer, at));
        tables.delete(Keys.held(displaced, displacer, at));
    }

    /** Refuses an op that says what is displaced when the one cannot be displaced or the other cannot displace. */
    void requireDisplaceable(long displaced, boolean byUncommitted, long displacer) throws PoolException {
        if (displaced == 0) {
            return;
        }
        if (!byUncommitted) {
            throw new PoolException(
                    Reason.INVALID,
                    "inode " + displacer + " displaces " + displaced + " but has no content to wait for");
        }
        InodeRecord record = tables.requireRecord(displaced);
        if (!record.isRegular() || record.isUncommitted() || displaced == displacer) {
            throw new PoolException(
                    Reason.INVALID, "inode " + displaced + " has no committed content that could be displaced");
        }
    }

    private Op.Place anotherPlace(long inode) throws PoolException {
        Op.Place[] found = new Op.Place[1];
        tables.scan(Keys.LINK, inode, (key, value) -> {
            found[0] = Records.placeInKey(key, 9);
            return false;
        });
        if (found[0] == null) {
            throw new PoolException(Reason.CORRUPT, "inode " + inode + " has links without names");
        }
        return found[0];
    }
}
