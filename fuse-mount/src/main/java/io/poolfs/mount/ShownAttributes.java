package io.poolfs.mount;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import java.nio.ByteBuffer;

/**
 * Writes an inode as a {@code struct stat}, with the owner and permissions that the mount's {@code uid}, {@code gid}
 * and {@code umask} ask to show. What is stored stays as it is.
 */
final class ShownAttributes {
    /** What programs take as the size of a good read or write; half of what one request carries. */
    private static final int PREFERRED_IO_BYTES = 64 * 1024;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND;
    private static final int BLOCK_BYTES = 512;

    private final MountSettings settings;

    ShownAttributes(MountSettings settings) {
        this.settings = settings;
    }

    void write(Inode inode, ByteBuffer dst, int at) {
        Integer owner = settings.shownOwner();
        Integer group = settings.shownGroup();
        dst.putLong(at + Layouts.Stat.INODE, inode.number());
        dst.putInt(at + Layouts.Stat.MODE, mode(inode.mode()));
        dst.putInt(at + Layouts.Stat.LINKS, inode.links());
        dst.putInt(at + Layouts.Stat.OWNER, owner == null ? inode.owner() : owner);
        dst.putInt(at + Layouts.Stat.GROUP, group == null ? inode.group() : group);
        dst.putLong(at + Layouts.Stat.DEVICE, inode.device());
        dst.putLong(at + Layouts.Stat.SIZE_BYTES, inode.sizeBytes());
        dst.putInt(at + Layouts.Stat.BLOCK_SIZE, PREFERRED_IO_BYTES);
        dst.putLong(at + Layouts.Stat.BLOCKS, (inode.sizeBytes() + BLOCK_BYTES - 1) / BLOCK_BYTES);
        writeTime(inode.accessNanos(), dst, at + Layouts.Stat.ACCESS);
        writeTime(inode.modifyNanos(), dst, at + Layouts.Stat.MODIFY);
        writeTime(inode.changeNanos(), dst, at + Layouts.Stat.CHANGE);
    }

    /** Nanoseconds since 1970 of the {@code timespec} at the address; what they cannot hold becomes the nearest. */
    static long readTime(long address) {
        long seconds = Native.getLong(address);
        if (Math.abs(seconds) >= LAST_SECOND) {
            return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return seconds * NANOS_PER_SECOND + Native.getLong(address + Layouts.Stat.NANOS);
    }

    private static void writeTime(long nanos, ByteBuffer dst, int at) {
        dst.putLong(at, Math.floorDiv(nanos, NANOS_PER_SECOND));
        dst.putLong(at + Layouts.Stat.NANOS, Math.floorMod(nanos, NANOS_PER_SECOND));
    }

    private int mode(int stored) {
        Integer umask = settings.shownUmask();
        return umask == null || (stored & FileType.MASK) == FileType.SYMLINK.modeBits()
                ? stored
                : (stored & FileType.MASK) | (0777 & ~umask);
    }
}
