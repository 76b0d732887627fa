package io.poolfs.mount.libfuse;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.Statvfs;

/**
 * Where the fields of libfuse's structures lie on this machine: jnr-fuse's structures are asked once, the memory is
 * then read and written by offset. Fields of a {@code stat} that are 32 bits wide on one machine and 64 on another are
 * written as 32 bits; both are little-endian and the rest stays zero.
 */
final class Layouts {
    private Layouts() {}

    /** {@code struct stat}. */
    static final class Stat {
        private static final FileStat SHAPE = FileStat.of(scratch());
        static final int SIZE = Struct.size(SHAPE);
        static final int INODE = (int) SHAPE.st_ino.offset();
        static final int LINKS = (int) SHAPE.st_nlink.offset();
        static final int MODE = (int) SHAPE.st_mode.offset();
        static final int OWNER = (int) SHAPE.st_uid.offset();
        static final int GROUP = (int) SHAPE.st_gid.offset();
        static final int DEVICE = (int) SHAPE.st_rdev.offset();
        static final int SIZE_BYTES = (int) SHAPE.st_size.offset();
        static final int BLOCK_SIZE = (int) SHAPE.st_blksize.offset();
        static final int BLOCKS = (int) SHAPE.st_blocks.offset();
        static final int ACCESS = (int) SHAPE.st_atim.tv_sec.offset();
        static final int MODIFY = (int) SHAPE.st_mtim.tv_sec.offset();
        static final int CHANGE = (int) SHAPE.st_ctim.tv_sec.offset();
        /** Of a {@code timespec}, behind its seconds. */
        static final int NANOS = 8;

        private Stat() {}
    }

    /** {@code struct fuse_entry_param}: {ino, generation, stat, double attr_timeout, double entry_timeout}. */
    static final class Entry {
        static final int INODE = 0;
        static final int GENERATION = 8;
        static final int STAT = 16;
        static final int ATTRIBUTE_TIMEOUT = STAT + Stat.SIZE;
        static final int ENTRY_TIMEOUT = ATTRIBUTE_TIMEOUT + 8;
        static final int SIZE = ENTRY_TIMEOUT + 8;

        private Entry() {}
    }

    /** {@code struct fuse_file_info}. */
    static final class FileInfo {
        private static final FuseFileInfo SHAPE = FuseFileInfo.of(scratch());
        static final int FLAGS = (int) SHAPE.flags.offset();
        /** The bit fields are one word: the last before the handle. */
        static final int BITS = (int) SHAPE.fh.offset() - 4;

        static final int KEEP_CACHE = 1 << 1;
        static final int HANDLE = (int) SHAPE.fh.offset();

        private FileInfo() {}
    }

    /** {@code struct statvfs}. */
    static final class Space {
        private static final Statvfs SHAPE = Statvfs.of(scratch());
        static final int SIZE = Struct.size(SHAPE);
        static final int BLOCK_SIZE = (int) SHAPE.f_bsize.offset();
        static final int FRAGMENT_SIZE = (int) SHAPE.f_frsize.offset();
        static final int BLOCKS = (int) SHAPE.f_blocks.offset();
        static final int FREE = (int) SHAPE.f_bfree.offset();
        static final int AVAILABLE = (int) SHAPE.f_bavail.offset();
        static final int FILES = (int) SHAPE.f_files.offset();
        static final int FILES_FREE = (int) SHAPE.f_ffree.offset();
        static final int FILES_AVAILABLE = (int) SHAPE.f_favail.offset();
        static final int NAME_MAX = (int) SHAPE.f_namemax.offset();

        private Space() {}
    }

    /** {@code struct fuse_conn_info}: unsigned words. */
    static final class Connection {
        static final int MAX_WRITE = 12;
        static final int CAPABLE = 20;
        static final int WANT = 24;
        static final int MAX_BACKGROUND = 28;
        static final int CONGESTION_THRESHOLD = 32;

        private Connection() {}
    }

    /** {@code struct fuse_ctx}: words. */
    static final class Context {
        static final int UID = 0;
        static final int GID = 4;

        private Context() {}
    }

    private static Pointer scratch() {
        return Memory.allocateDirect(Runtime.getSystemRuntime(), 256);
    }
}
