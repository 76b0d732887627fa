package io.poolfs.mount.session;

import java.time.Duration;

/** A mount that is being served, whichever transport carries it. Usable from any thread. */
public interface MountSession {
    /** Whether the kernel has ended the mount, or {@link #abandon} was called. */
    boolean isEnded();

    void awaitEnd() throws InterruptedException;

    /** Returns whether it ended in time. */
    boolean awaitEnd(Duration patience) throws InterruptedException;

    /** Counts as ended from here on, although the kernel keeps it: only the end of the process ends it. */
    void abandon();

    /**
     * Returns when what programs closed before this call is known as closed to the file system, or when that cannot be
     * found out within seconds.
     *
     * @param directory a place where the mount is seen, as the system knows it
     */
    void settle(byte[] directory);

    /** Makes the kernel forget the pages and attributes of an inode. */
    void invalidate(long inode);

    /** Makes the kernel forget whether a name exists. */
    void invalidateEntry(long parent, byte[] name);
}
