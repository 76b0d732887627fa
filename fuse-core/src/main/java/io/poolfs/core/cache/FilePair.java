package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.model.PoolException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The two open files of an image: its bytes and its sidecar. Shared by the list of open files and by everyone who uses
 * it at the moment; the last of them closes it.
 */
final class FilePair {
    private final LocalFile data;
    private final LocalFile map;

    /** The list of open files and each use in progress; closed at 0. */
    private final AtomicInteger users = new AtomicInteger(1);

    /** Used since the list last looked at it. */
    private volatile boolean recent;

    FilePair(LocalFile data, LocalFile map) {
        this.data = data;
        this.map = map;
    }

    LocalFile data() {
        return data;
    }

    LocalFile map() {
        return map;
    }

    /** Keeps it open until {@link #done}; false when it is closed already. */
    boolean tryUse() {
        int now = users.get();
        while (now > 0) {
            if (users.compareAndSet(now, now + 1)) {
                if (!recent) {
                    recent = true;
                }
                return true;
            }
            now = users.get();
        }
        return false;
    }

    void done() {
        if (users.decrementAndGet() == 0) {
            closeQuietly(data);
            closeQuietly(map);
        }
    }

    /** Whether it was used since the last call. */
    boolean takeRecent() {
        boolean was = recent;
        recent = false;
        return was;
    }

    private static void closeQuietly(LocalFile file) {
        try {
            file.close();
        } catch (PoolException e) {
            // Everything acknowledged was written through; a descriptor that does not close loses nothing.
            return;
        }
    }
}
