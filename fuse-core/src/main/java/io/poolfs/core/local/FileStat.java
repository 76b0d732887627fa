package io.poolfs.core.local;

import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@code statx(2)} tells of a file; a symlink is not followed. Its layout is the same on every architecture. */
record FileStat(int mode, int owner, long sizeBytes, long allocatedBytes, long device) {
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int BASIC_STATS = 0x7ff;
    private static final int STRUCT_BYTES = 256;
    private static final int OWNER_AT = 20;
    private static final int MODE_AT = 28;
    private static final int SIZE_AT = 40;
    private static final int BLOCKS_AT = 48;
    private static final int MAJOR_AT = 136;
    private static final int MINOR_AT = 140;
    private static final int BLOCK_BYTES = 512;
    private static final int TYPE_MASK = 0xf000;
    private static final int DIRECTORY = 0x4000;
    private static final int REGULAR = 0x8000;

    /** Null when there is nothing of this name. */
    static @Nullable FileStat of(Path path) throws PoolException {
        byte[] struct = new byte[STRUCT_BYTES];
        if (Libc.calls().statx(AT_FDCWD, Libc.bytes(path), AT_SYMLINK_NOFOLLOW, BASIC_STATS, struct) == 0) {
            return read(struct);
        }
        int errno = Libc.errno();
        if (errno == Libc.ENOENT || errno == Libc.ENOTDIR) {
            return null;
        }
        throw Libc.failure("stat", path, errno);
    }

    static FileStat of(int fd, Path path) throws PoolException {
        byte[] struct = new byte[STRUCT_BYTES];
        if (Libc.calls().statx(fd, new byte[1], AT_EMPTY_PATH, BASIC_STATS, struct) != 0) {
            throw Libc.failure("stat", path, Libc.errno());
        }
        return read(struct);
    }

    boolean isDirectory() {
        return (mode & TYPE_MASK) == DIRECTORY;
    }

    boolean isFile() {
        return (mode & TYPE_MASK) == REGULAR;
    }

    private static FileStat read(byte[] struct) {
        ByteBuffer in = ByteBuffer.wrap(struct).order(ByteOrder.nativeOrder());
        return new FileStat(
                Short.toUnsignedInt(in.getShort(MODE_AT)),
                in.getInt(OWNER_AT),
                in.getLong(SIZE_AT),
                in.getLong(BLOCKS_AT) * BLOCK_BYTES,
                deviceNumber(in.getInt(MAJOR_AT), in.getInt(MINOR_AT)));
    }

    /** As the C library puts it together, and the JDK tells it. */
    private static long deviceNumber(int major, int minor) {
        long high = Integer.toUnsignedLong(major);
        long low = Integer.toUnsignedLong(minor);
        return (high & 0xfff) << 8 | (high & ~0xfffL) << 32 | (low & 0xff) | (low & ~0xffL) << 12;
    }
}
