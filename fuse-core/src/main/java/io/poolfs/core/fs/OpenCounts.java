package io.poolfs.core.fs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;

/**
 * How often each inode is open: what must not be reaped, and when the last writer has gone. Usable from any thread; the
 * lock is held for map operations only.
 */
final class OpenCounts {
    @GuardedBy("this")
    private final Map<Long, Count> counts = new HashMap<>();

    /** What is left after a handle was closed. */
    record Left(int handles, int writers) {}

    synchronized void opened(long inode, boolean writable) {
        Count count = counts.computeIfAbsent(inode, number -> new Count());
        count.handles++;
        if (writable) {
            count.writers++;
        }
    }

    synchronized Left closed(long inode, boolean writable) {
        Count count = counts.get(inode);
        if (count == null) {
            throw new IllegalStateException("inode " + inode + " was closed more often than opened");
        }
        count.handles--;
        if (writable) {
            count.writers--;
        }
        if (count.handles == 0) {
            counts.remove(inode);
        }
        return new Left(count.handles, count.writers);
    }

    synchronized boolean isOpen(long inode) {
        return counts.containsKey(inode);
    }

    synchronized boolean hasWriters(long inode) {
        Count count = counts.get(inode);
        return count != null && count.writers > 0;
    }

    private static final class Count {
        int handles;
        int writers;
    }
}
