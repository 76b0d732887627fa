package io.poolfs.mount.session;

/** The flags of open(2) that reach a file system. The kernel has applied the others. */
public final class OpenFlags {
    private static final int ACCESS_MODE = 3;
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;
    private static final int EXCLUSIVE = 0200;
    private static final int TRUNCATE = 01000;

    private OpenFlags() {}

    public static boolean isWritable(int flags) {
        return (flags & ACCESS_MODE) != READ_ONLY;
    }

    public static boolean isWriteOnly(int flags) {
        return (flags & ACCESS_MODE) == WRITE_ONLY;
    }

    public static boolean isExclusive(int flags) {
        return (flags & EXCLUSIVE) != 0;
    }

    public static boolean truncates(int flags) {
        return (flags & TRUNCATE) != 0;
    }
}
