package io.poolfs.mount.libfuse;

import io.poolfs.core.model.Inode;
import io.poolfs.mount.session.ShownAttributes;
import io.poolfs.mount.session.Times;
import io.poolfs.mount.system.Native;
import java.nio.ByteBuffer;

/** {@code struct stat} as libfuse takes and gives it. */
final class StatWriter {
    /** What programs take as the size of a good read or write; half of what one request carries. */
    private static final int PREFERRED_IO_BYTES = 64 * 1024;

    private final ShownAttributes shown;

    StatWriter(ShownAttributes shown) {
        this.shown = shown;
    }

    void write(Inode inode, ByteBuffer dst, int at) {
        dst.putLong(at + Layouts.Stat.INODE, inode.number());
        dst.putInt(at + Layouts.Stat.MODE, shown.mode(inode));
        dst.putInt(at + Layouts.Stat.LINKS, inode.links());
        dst.putInt(at + Layouts.Stat.OWNER, shown.owner(inode));
        dst.putInt(at + Layouts.Stat.GROUP, shown.group(inode));
        dst.putLong(at + Layouts.Stat.DEVICE, inode.device());
        dst.putLong(at + Layouts.Stat.SIZE_BYTES, inode.sizeBytes());
        dst.putInt(at + Layouts.Stat.BLOCK_SIZE, PREFERRED_IO_BYTES);
        dst.putLong(at + Layouts.Stat.BLOCKS, ShownAttributes.blocks(inode));
        writeTime(inode.accessNanos(), dst, at + Layouts.Stat.ACCESS);
        writeTime(inode.modifyNanos(), dst, at + Layouts.Stat.MODIFY);
        writeTime(inode.changeNanos(), dst, at + Layouts.Stat.CHANGE);
    }

    /** Nanoseconds since 1970 of the {@code timespec} at the address. */
    static long readTime(long address) {
        return Times.nanos(Native.getLong(address), Native.getLong(address + Layouts.Stat.NANOS));
    }

    private static void writeTime(long nanos, ByteBuffer dst, int at) {
        dst.putLong(at, Times.seconds(nanos));
        dst.putLong(at + Layouts.Stat.NANOS, Times.nanosOfSecond(nanos));
    }
}
