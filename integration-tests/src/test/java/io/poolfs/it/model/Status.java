package io.poolfs.it.model;

import java.nio.ByteBuffer;

/** What {@code statx} tells. Times in nanoseconds since 1970. */
record Status(
        long inode,
        int mode,
        int links,
        int owner,
        int group,
        long size,
        long device,
        long access,
        long modify,
        long change) {
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int SYMLINK = 0120000;

    static final int BASIC = 0x7ff;

    static Status at(long address) {
        return new Status(
                Memory.getLong(address + 32),
                Memory.getShort(address + 28),
                Memory.getInt(address + 16),
                Memory.getInt(address + 20),
                Memory.getInt(address + 24),
                Memory.getLong(address + 40),
                Memory.getLong(address + 128),
                time(address + 64),
                time(address + 112),
                time(address + 96));
    }

    private static long time(long address) {
        return Memory.getLong(address) * 1_000_000_000L + Memory.getInt(address + 8);
    }

    boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    boolean isSymlink() {
        return (mode & TYPE) == SYMLINK;
    }

    boolean isSpecial() {
        return !isRegular() && !isDirectory() && !isSymlink();
    }

    /** What must be the same on both sides: the size of a directory is its file system's business. */
    byte[] comparable() {
        return ByteBuffer.allocate(32)
                .putInt(mode)
                .putInt(links)
                .putInt(owner)
                .putInt(group)
                .putLong(isDirectory() ? 0 : size)
                .putLong(device)
                .array();
    }

    @Override
    public String toString() {
        return "mode 0%o links %d owner %d:%d size %d device %x times %d %d %d"
                .formatted(mode, links, owner, group, size, device, access, modify, change);
    }
}
