package io.poolfs.mount.kernel;

/**
 * The kernel's FUSE protocol, version 7: numbers and layouts under the kernel's own names (linux/fuse.h). Offsets of
 * requests and answers count from the end of their header; all fields are in the machine's byte order.
 */
final class Abi {
    static final int MAJOR = 7;
    /** Linux 5.4: the oldest that is served. */
    static final int OLDEST_MINOR = 31;
    /** The newest whose meaning is known here; the kernel comes down to it. */
    static final int NEWEST_MINOR = 41;

    private Abi() {}

    static final class Opcode {
        static final int LOOKUP = 1;
        static final int FORGET = 2;
        static final int GETATTR = 3;
        static final int SETATTR = 4;
        static final int READLINK = 5;
        static final int SYMLINK = 6;
        static final int MKNOD = 8;
        static final int MKDIR = 9;
        static final int UNLINK = 10;
        static final int RMDIR = 11;
        static final int RENAME = 12;
        static final int LINK = 13;
        static final int OPEN = 14;
        static final int READ = 15;
        static final int WRITE = 16;
        static final int STATFS = 17;
        static final int RELEASE = 18;
        static final int FSYNC = 20;
        static final int SETXATTR = 21;
        static final int GETXATTR = 22;
        static final int LISTXATTR = 23;
        static final int REMOVEXATTR = 24;
        static final int FLUSH = 25;
        static final int INIT = 26;
        static final int OPENDIR = 27;
        static final int READDIR = 28;
        static final int RELEASEDIR = 29;
        static final int FSYNCDIR = 30;
        static final int CREATE = 35;
        static final int INTERRUPT = 36;
        static final int DESTROY = 38;
        static final int IOCTL = 39;
        static final int BATCH_FORGET = 42;
        static final int FALLOCATE = 43;
        static final int READDIRPLUS = 44;
        static final int RENAME2 = 45;
        static final int LSEEK = 46;
        static final int COPY_FILE_RANGE = 47;

        private Opcode() {}
    }

    /** What the server tells without being asked: {@code fuse_out_header.error} where {@code unique} is 0. */
    static final class Notify {
        static final int INVAL_INODE = 2;
        static final int INVAL_ENTRY = 3;
        /** {ino u64, off i64, len i64}. */
        static final int INODE_SIZE = 24;
        /** {parent u64, namelen u32, flags u32, name, NUL}. */
        static final int ENTRY_NAME_LENGTH = 8;

        static final int ENTRY_NAME = 16;

        private Notify() {}
    }

    /** Requests of ioctl(2) on the device, and {@code fuse_backing_map}. */
    static final class Backing {
        static final long OPEN = 0x4010E501L;
        static final long CLOSE = 0x4004E502L;
        static final int FD = 0;
        static final int SIZE = 16;

        private Backing() {}
    }

    /** {@code fuse_in_header}. */
    static final class InHeader {
        static final int LEN = 0;
        static final int OPCODE = 4;
        static final int UNIQUE = 8;
        static final int NODEID = 16;
        static final int UID = 24;
        static final int GID = 28;
        static final int PID = 32;
        static final int SIZE = 40;

        private InHeader() {}
    }

    /** {@code fuse_out_header}. */
    static final class OutHeader {
        static final int LEN = 0;
        /** Negative errno, or 0. */
        static final int ERROR = 4;

        static final int UNIQUE = 8;
        static final int SIZE = 16;

        private OutHeader() {}
    }

    /** {@code fuse_init_in}; older kernels end before FLAGS2. */
    static final class InitIn {
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int OLD_SIZE = 16;
        static final int FLAGS2 = 16;

        private InitIn() {}
    }

    /** {@code fuse_init_out}. */
    static final class InitOut {
        static final int MAJOR = 0;
        static final int MINOR = 4;
        static final int MAX_READAHEAD = 8;
        static final int FLAGS = 12;
        static final int MAX_BACKGROUND = 16;
        static final int CONGESTION_THRESHOLD = 18;
        static final int MAX_WRITE = 20;
        static final int TIME_GRAN = 24;
        static final int MAX_PAGES = 28;
        static final int FLAGS2 = 32;
        static final int MAX_STACK_DEPTH = 36;
        static final int SIZE = 64;

        private InitOut() {}
    }

    /** Capabilities; those from bit 32 on travel in FLAGS2. */
    static final class Capability {
        static final long ASYNC_READ = 1L;
        static final long ATOMIC_O_TRUNC = 1L << 3;
        static final long BIG_WRITES = 1L << 5;
        static final long DO_READDIRPLUS = 1L << 13;
        static final long READDIRPLUS_AUTO = 1L << 14;
        static final long PARALLEL_DIROPS = 1L << 18;
        static final long MAX_PAGES = 1L << 22;
        static final long CACHE_SYMLINKS = 1L << 23;
        static final long HANDLE_KILLPRIV_V2 = 1L << 28;
        static final long INIT_EXT = 1L << 30;
        static final long DIRECT_IO_ALLOW_MMAP = 1L << 36;
        static final long PASSTHROUGH = 1L << 37;

        private Capability() {}
    }

    /** {@code fuse_attr}. */
    static final class Attr {
        static final int INO = 0;
        static final int BYTES = 8;
        static final int BLOCKS = 16;
        static final int ATIME = 24;
        static final int MTIME = 32;
        static final int CTIME = 40;
        static final int ATIMENSEC = 48;
        static final int MTIMENSEC = 52;
        static final int CTIMENSEC = 56;
        static final int MODE = 60;
        static final int NLINK = 64;
        static final int UID = 68;
        static final int GID = 72;
        static final int RDEV = 76;
        static final int BLKSIZE = 80;
        static final int FLAGS = 84;
        static final int SIZE = 88;

        private Attr() {}
    }

    /** {@code fuse_entry_out}. */
    static final class EntryOut {
        static final int NODEID = 0;
        static final int GENERATION = 8;
        static final int ENTRY_VALID = 16;
        static final int ATTR_VALID = 24;
        static final int ENTRY_VALID_NSEC = 32;
        static final int ATTR_VALID_NSEC = 36;
        static final int ATTR = 40;
        static final int SIZE = ATTR + Attr.SIZE;

        private EntryOut() {}
    }

    /** {@code fuse_attr_out}. */
    static final class AttrOut {
        static final int ATTR_VALID = 0;
        static final int ATTR_VALID_NSEC = 8;
        static final int ATTR = 16;
        static final int SIZE = ATTR + Attr.SIZE;

        private AttrOut() {}
    }

    /** {@code fuse_setattr_in}. */
    static final class SetattrIn {
        static final int VALID = 0;
        static final int FH = 8;
        static final int BYTES = 16;
        static final int ATIME = 32;
        static final int MTIME = 40;
        static final int ATIMENSEC = 56;
        static final int MTIMENSEC = 60;
        static final int MODE = 68;
        static final int UID = 76;
        static final int GID = 80;
        static final int SIZE = 88;

        static final int FATTR_MODE = 1;
        static final int FATTR_UID = 1 << 1;
        static final int FATTR_GID = 1 << 2;
        static final int FATTR_SIZE = 1 << 3;
        static final int FATTR_ATIME = 1 << 4;
        static final int FATTR_MTIME = 1 << 5;
        static final int FATTR_FH = 1 << 6;
        static final int FATTR_ATIME_NOW = 1 << 7;
        static final int FATTR_MTIME_NOW = 1 << 8;
        static final int FATTR_KILL_SUIDGID = 1 << 11;

        private SetattrIn() {}
    }

    /** {@code fuse_mknod_in}, behind it the name. */
    static final class MknodIn {
        static final int MODE = 0;
        static final int RDEV = 4;
        static final int SIZE = 16;

        private MknodIn() {}
    }

    /** {@code fuse_mkdir_in}, behind it the name. */
    static final class MkdirIn {
        static final int MODE = 0;
        static final int SIZE = 8;

        private MkdirIn() {}
    }

    /** {@code fuse_rename_in} and {@code fuse_rename2_in}, behind them the old and the new name. */
    static final class RenameIn {
        static final int NEWDIR = 0;
        static final int SIZE = 8;
        static final int FLAGS = 8;
        static final int SIZE_WITH_FLAGS = 16;

        static final int NOREPLACE = 1;
        static final int EXCHANGE = 2;

        private RenameIn() {}
    }

    /** {@code fuse_link_in}, behind it the new name. */
    static final class LinkIn {
        static final int OLDNODEID = 0;
        static final int SIZE = 8;

        private LinkIn() {}
    }

    /** {@code fuse_open_in}. */
    static final class OpenIn {
        static final int FLAGS = 0;
        static final int OPEN_FLAGS = 4;
        static final int SIZE = 8;

        /** In OPEN_FLAGS: who opens may not keep the set-ID bits of what it truncates. */
        static final int KILL_SUIDGID = 1;

        private OpenIn() {}
    }

    /** {@code fuse_create_in}, behind it the name. */
    static final class CreateIn {
        static final int FLAGS = 0;
        static final int MODE = 4;
        static final int SIZE = 16;

        private CreateIn() {}
    }

    /** {@code fuse_open_out}. */
    static final class OpenOut {
        static final int FH = 0;
        static final int OPEN_FLAGS = 8;
        static final int SIZE = 16;

        static final int DIRECT_IO = 1;
        static final int BACKING_ID = 12;

        static final int KEEP_CACHE = 1 << 1;
        static final int CACHE_DIR = 1 << 3;
        static final int PASSTHROUGH = 1 << 7;

        private OpenOut() {}
    }

    /** {@code fuse_read_in} and {@code fuse_write_in}; behind the latter the bytes. */
    static final class TransferIn {
        static final int FH = 0;
        static final int OFFSET = 8;
        static final int BYTES = 16;
        static final int WRITE_FLAGS = 20;
        static final int SIZE = 40;

        static final int WRITE_KILL_SUIDGID = 1 << 2;

        private TransferIn() {}
    }

    /** {@code fuse_write_out}. */
    static final class WriteOut {
        static final int BYTES = 0;
        static final int SIZE = 8;

        private WriteOut() {}
    }

    /** {@code fuse_release_in}, {@code fuse_flush_in} and {@code fuse_fsync_in} begin with the handle. */
    static final class HandleIn {
        static final int FH = 0;
        static final int SIZE = 16;

        private HandleIn() {}
    }

    /** {@code fuse_fallocate_in}. */
    static final class FallocateIn {
        static final int FH = 0;
        static final int OFFSET = 8;
        static final int LENGTH = 16;
        static final int MODE = 24;
        static final int SIZE = 32;

        private FallocateIn() {}
    }

    /** {@code fuse_lseek_in}; only these two are asked for. */
    static final class LseekIn {
        static final int FH = 0;
        static final int OFFSET = 8;
        static final int WHENCE = 16;
        static final int SIZE = 24;

        static final int SEEK_DATA = 3;
        static final int SEEK_HOLE = 4;

        private LseekIn() {}
    }

    /** {@code fuse_lseek_out}. */
    static final class LseekOut {
        static final int OFFSET = 0;
        static final int SIZE = 8;

        private LseekOut() {}
    }

    /** {@code fuse_copy_file_range_in}; the answer is {@link WriteOut}. */
    static final class CopyFileRangeIn {
        static final int FH_IN = 0;
        static final int OFF_IN = 8;
        static final int NODEID_OUT = 16;
        static final int FH_OUT = 24;
        static final int OFF_OUT = 32;
        static final int LEN = 40;
        static final int FLAGS = 48;
        static final int SIZE = 56;

        private CopyFileRangeIn() {}
    }

    /** {@code fuse_getxattr_in}, for LISTXATTR too; behind it the name. */
    static final class GetxattrIn {
        static final int BYTES = 0;
        static final int SIZE = 8;

        private GetxattrIn() {}
    }

    /** {@code fuse_getxattr_out}. */
    static final class GetxattrOut {
        static final int BYTES = 0;
        static final int SIZE = 8;

        private GetxattrOut() {}
    }

    /** {@code fuse_setxattr_in} as it is without SETXATTR_EXT; behind it the name and the value. */
    static final class SetxattrIn {
        static final int BYTES = 0;
        static final int FLAGS = 4;
        static final int SIZE = 8;

        private SetxattrIn() {}
    }

    /** {@code fuse_statfs_out}. */
    static final class StatfsOut {
        static final int BLOCKS = 0;
        static final int BFREE = 8;
        static final int BAVAIL = 16;
        static final int FILES = 24;
        static final int FFREE = 32;
        static final int BSIZE = 40;
        static final int NAMELEN = 44;
        static final int FRSIZE = 48;
        static final int SIZE = 80;

        private StatfsOut() {}
    }

    /** {@code fuse_dirent}, behind it the name, padded to 8 bytes. */
    static final class Dirent {
        static final int NAME = 24;

        private Dirent() {}

        static int size(int nameLength) {
            return (NAME + nameLength + 7) & ~7;
        }
    }

    /** {@code fuse_interrupt_in}. */
    static final class InterruptIn {
        static final int UNIQUE = 0;
        static final int SIZE = 8;

        private InterruptIn() {}
    }
}
