package io.poolfs.core.meta;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/**
 * An inode inside a transaction: its attributes, how many entries a directory has, and the place of its first name
 * (further names of a hard-linked file are keys of their own). Used by one thread; {@link Tables} writes it back.
 *
 * <p>Value: mode, owner, group, links, size, device, version (numbers), change time (eight bytes), the other times as
 * difference to it, target (length and bytes), entries, the first place's parent (0 = no name), its name.
 */
final class InodeRecord {
    private static final int VERSION = 1;

    final long number;
    int mode;
    int owner;
    int group;
    int links;
    long sizeBytes;
    long device;
    long version;
    long accessNanos;
    long modifyNanos;
    long changeNanos;
    long birthNanos;
    byte @Nullable [] target;
    long entries;
    Op.@Nullable Place place;

    InodeRecord(long number) {
        this.number = number;
    }

    static InodeRecord of(Inode inode) {
        InodeRecord made = new InodeRecord(inode.number());
        made.mode = inode.mode();
        made.owner = inode.owner();
        made.group = inode.group();
        made.links = inode.links();
        made.sizeBytes = inode.sizeBytes();
        made.device = inode.device();
        made.version = inode.version();
        made.accessNanos = inode.accessNanos();
        made.modifyNanos = inode.modifyNanos();
        made.changeNanos = inode.changeNanos();
        made.birthNanos = inode.birthNanos();
        made.target = inode.target();
        return made;
    }

    static InodeRecord decode(long number, byte[] value) throws PoolException {
        RecordReader in = new RecordReader("inode", value, VERSION);
        InodeRecord record = new InodeRecord(number);
        record.readAttributes(in);
        record.entries = in.size();
        long parent = in.size();
        if (parent != 0) {
            record.place = Records.place(in, parent);
        }
        in.end();
        return record;
    }

    /** The attributes alone. */
    static Inode decodeInode(long number, byte[] value) throws PoolException {
        InodeRecord record = new InodeRecord(number);
        record.readAttributes(new RecordReader("inode", value, VERSION));
        return record.inode();
    }

    byte[] encode() {
        byte[] name = place == null ? Keys.NOTHING : place.name().bytes();
        RecordWriter out = new RecordWriter(VERSION, 64 + name.length)
                .number(Integer.toUnsignedLong(mode))
                .number(Integer.toUnsignedLong(owner))
                .number(Integer.toUnsignedLong(group))
                .number(links)
                .number(sizeBytes)
                .number(device)
                .number(version)
                .fixed(changeNanos)
                .signed(modifyNanos - changeNanos)
                .signed(accessNanos - changeNanos)
                .signed(birthNanos - changeNanos)
                .sized(target == null ? Keys.NOTHING : target)
                .number(entries)
                .number(place == null ? 0 : place.parent());
        return out.bytes(name).toBytes();
    }

    Inode inode() {
        return new Inode(
                number,
                mode,
                owner,
                group,
                links,
                sizeBytes,
                device,
                version,
                accessNanos,
                modifyNanos,
                changeNanos,
                birthNanos,
                target);
    }

    boolean isDirectory() {
        return (mode & FileType.MASK) == FileType.DIRECTORY.modeBits();
    }

    boolean isRegular() {
        return (mode & FileType.MASK) == FileType.REGULAR.modeBits();
    }

    boolean isSymlink() {
        return (mode & FileType.MASK) == FileType.SYMLINK.modeBits();
    }

    /** A regular file whose content has never been committed. */
    boolean isUncommitted() {
        return isRegular() && version == 0;
    }

    /** A change of what the directory holds. */
    void entriesChanged(int difference, long nanos) {
        entries += difference;
        modifyNanos = nanos;
        changeNanos = nanos;
    }

    private void readAttributes(RecordReader in) throws PoolException {
        mode = in.bits();
        owner = in.bits();
        group = in.bits();
        links = in.intSize();
        sizeBytes = in.size();
        device = in.number();
        version = in.size();
        changeNanos = in.fixed();
        modifyNanos = changeNanos + in.signed();
        accessNanos = changeNanos + in.signed();
        birthNanos = changeNanos + in.signed();
        byte[] bytes = in.sized();
        target = bytes.length == 0 ? null : bytes;
    }
}
