package io.poolfs.core.fs;

import io.poolfs.core.meta.Dentry;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: an iteration that neither repeats nor skips what stays, whatever is created or removed meanwhile.
 *
 * <p>Cookies: 1 is behind {@code .}, 2 behind {@code ..}, n + 3 behind the n-th entry that this handle has seen. The
 * entries seen are kept, so that any older cookie can be continued from; more are read from the metadata, page by page,
 * behind the last name seen. Several threads may read; they take turns.
 */
final class OpenDirectory {
    private static final int PAGE_ENTRIES = 1000;
    private static final int DOTS = 2;

    private final Metadata metadata;
    private final Monitor monitor;
    private final long inode;

    @GuardedByMonitor("monitor")
    private final List<Dentry> seen = new ArrayList<>();

    @GuardedByMonitor("monitor")
    private boolean complete;

    OpenDirectory(Metadata metadata, Monitor monitor, long inode) {
        this.metadata = metadata;
        this.monitor = monitor;
        this.inode = inode;
    }

    long inode() {
        return inode;
    }

    /** The entry at a position behind the dots, or null at the end. */
    @Nullable
    Dentry at(int index) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (index >= seen.size() && !complete) {
                readPage();
            }
            return index < seen.size() ? seen.get(index) : null;
        }
    }

    /** Starts over: what was created since is seen. */
    void rewind() {
        try (Monitor.Hold hold = monitor.enter()) {
            seen.clear();
            complete = false;
        }
    }

    static int index(long cookie) {
        return Math.toIntExact(cookie) - DOTS;
    }

    static long cookieBehind(int index) {
        return (long) index + DOTS + 1;
    }

    @GuardedByMonitor("monitor")
    private void readPage() throws PoolException {
        FileName after = seen.isEmpty() ? null : seen.get(seen.size() - 1).name();
        int wanted = seen.size() + PAGE_ENTRIES;
        metadata.look(reader -> reader.entries(inode, after, entry -> {
            seen.add(entry);
            return seen.size() < wanted;
        }));
        complete = seen.size() < wanted;
    }
}
