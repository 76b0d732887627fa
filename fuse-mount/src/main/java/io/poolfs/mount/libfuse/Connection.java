package io.poolfs.mount.libfuse;

import io.poolfs.mount.system.Native;

/** What is agreed with the kernel when the mount begins. */
final class Connection {
    private static final int ASYNC_READ = 1;
    private static final int ATOMIC_O_TRUNC = 1 << 3;
    private static final int BIG_WRITES = 1 << 5;
    /** Requests of read-ahead and write-back that may be on their way; remotes answer slowly, so many. */
    private static final int MAX_BACKGROUND = 64;

    private static final int CONGESTION_THRESHOLD = 48;

    private Connection() {}

    /**
     * The operation {@code init}. The kernel applies the umask of who creates, since DONT_MASK is not asked for; locks
     * stay with the kernel, since there are no operations for them.
     */
    static void init(long userData, long connection) {
        int capable = Native.getInt(connection + Layouts.Connection.CAPABLE);
        int want = Native.getInt(connection + Layouts.Connection.WANT);
        want |= capable & (ASYNC_READ | ATOMIC_O_TRUNC | BIG_WRITES);
        Native.putInt(connection + Layouts.Connection.WANT, want);
        Native.putInt(connection + Layouts.Connection.MAX_WRITE, Replies.MAX_BYTES);
        Native.putInt(connection + Layouts.Connection.MAX_BACKGROUND, MAX_BACKGROUND);
        Native.putInt(connection + Layouts.Connection.CONGESTION_THRESHOLD, CONGESTION_THRESHOLD);
    }
}
