package io.poolfs.mount.kernel;

import io.poolfs.core.model.Inode;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.session.ShownAttributes;
import io.poolfs.mount.session.Times;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Writes inodes as the kernel wants to see them, with how long it may remember them. */
final class AttributeWriter {
    /** What programs take as the size of a good read or write. */
    private static final int PREFERRED_IO_BYTES = 128 * 1024;

    /** Inode numbers are never given out twice, so one generation serves all. */
    private static final long GENERATION = 1;

    private final ShownAttributes shown;
    private final Duration entryTimeout;
    private final Duration attributeTimeout;

    AttributeWriter(MountSettings settings) {
        shown = new ShownAttributes(settings);
        entryTimeout = settings.entryTimeout();
        attributeTimeout = settings.attributeTimeout();
    }

    /** {@code fuse_entry_out}. */
    void entry(Inode inode, ByteBuffer dst, int at) {
        dst.putLong(at + Abi.EntryOut.NODEID, inode.number());
        dst.putLong(at + Abi.EntryOut.GENERATION, GENERATION);
        validity(dst, at);
        attributes(inode, dst, at + Abi.EntryOut.ATTR);
    }

    /** {@code fuse_entry_out} of a name that does not exist: the kernel may remember that. */
    void absentEntry(ByteBuffer dst, int at) {
        clear(dst, at, Abi.EntryOut.SIZE);
        validity(dst, at);
    }

    /** {@code fuse_attr_out}. */
    void attributesAlone(Inode inode, ByteBuffer dst, int at) {
        dst.putLong(at + Abi.AttrOut.ATTR_VALID, attributeTimeout.getSeconds());
        dst.putInt(at + Abi.AttrOut.ATTR_VALID_NSEC, attributeTimeout.getNano());
        attributes(inode, dst, at + Abi.AttrOut.ATTR);
    }

    static void clear(ByteBuffer dst, int at, int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            dst.putLong(at + i, 0);
        }
    }

    private void validity(ByteBuffer dst, int at) {
        dst.putLong(at + Abi.EntryOut.ENTRY_VALID, entryTimeout.getSeconds());
        dst.putLong(at + Abi.EntryOut.ATTR_VALID, attributeTimeout.getSeconds());
        dst.putInt(at + Abi.EntryOut.ENTRY_VALID_NSEC, entryTimeout.getNano());
        dst.putInt(at + Abi.EntryOut.ATTR_VALID_NSEC, attributeTimeout.getNano());
    }

    private void attributes(Inode inode, ByteBuffer dst, int at) {
        dst.putLong(at + Abi.Attr.INO, inode.number());
        dst.putLong(at + Abi.Attr.BYTES, inode.sizeBytes());
        dst.putLong(at + Abi.Attr.BLOCKS, ShownAttributes.blocks(inode));
        dst.putLong(at + Abi.Attr.ATIME, Times.seconds(inode.accessNanos()));
        dst.putLong(at + Abi.Attr.MTIME, Times.seconds(inode.modifyNanos()));
        dst.putLong(at + Abi.Attr.CTIME, Times.seconds(inode.changeNanos()));
        dst.putInt(at + Abi.Attr.ATIMENSEC, Times.nanosOfSecond(inode.accessNanos()));
        dst.putInt(at + Abi.Attr.MTIMENSEC, Times.nanosOfSecond(inode.modifyNanos()));
        dst.putInt(at + Abi.Attr.CTIMENSEC, Times.nanosOfSecond(inode.changeNanos()));
        dst.putInt(at + Abi.Attr.MODE, shown.mode(inode));
        dst.putInt(at + Abi.Attr.NLINK, inode.links());
        dst.putInt(at + Abi.Attr.UID, shown.owner(inode));
        dst.putInt(at + Abi.Attr.GID, shown.group(inode));
        dst.putInt(at + Abi.Attr.RDEV, (int) inode.device());
        dst.putInt(at + Abi.Attr.BLKSIZE, PREFERRED_IO_BYTES);
        dst.putInt(at + Abi.Attr.FLAGS, 0);
    }
}
