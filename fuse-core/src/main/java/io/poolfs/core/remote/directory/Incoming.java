package io.poolfs.core.remote.directory;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The folder of objects that are being written, on the file system of the root: what is in it is no object yet. Names
 * begin with the time, since another machine may be writing there too: only what is old was left behind.
 */
final class Incoming {
    static final String FOLDER = ".poolfs-incoming";

    private static final long LEFT_BEHIND_MILLIS = Duration.ofDays(1).toMillis();
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Scheduler scheduler;
    private final LocalFiles files;
    private final RootFolder root;
    private final Path folder;
    private final AtomicBoolean swept = new AtomicBoolean();

    Incoming(Scheduler scheduler, LocalFiles files, RootFolder root) {
        this.scheduler = scheduler;
        this.files = files;
        this.root = root;
        this.folder = root.path().resolve(FOLDER);
    }

    /** A new file in it. */
    LocalFile create() throws PoolException {
        if (swept.compareAndSet(false, true)) {
            sweep();
        }
        Path file = folder.resolve(
                nowMillis() + "-" + Long.toHexString(scheduler.random().nextLong()));
        try {
            return files.open(file, LocalFiles.Mode.CREATE_NEW);
        } catch (PoolException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            root.check();
            files.makeDirectory(folder);
            return files.open(file, LocalFiles.Mode.CREATE_NEW);
        }
    }

    private void sweep() throws PoolException {
        for (String name : files.list(folder)) {
            if (madeAtMillis(name) < nowMillis() - LEFT_BEHIND_MILLIS) {
                files.delete(folder.resolve(name));
            }
        }
    }

    /** Never, for a name that is not ours. */
    private static long madeAtMillis(String name) {
        int dash = name.indexOf('-');
        try {
            return dash < 0 ? Long.MAX_VALUE : Long.parseLong(name.substring(0, dash));
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private long nowMillis() {
        return scheduler.clock().wallNanos() / NANOS_PER_MILLI;
    }
}
