package io.poolfs.core.sim;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;

/** Real threads and real files below a directory, with remotes in memory that have no faults. For plain unit tests. */
public final class RealWorld implements AutoCloseable {
    private final RealScheduler scheduler = RealScheduler.create();
    private final LocalFiles files = RealFiles.create();
    private final Path root;

    private RealWorld(Path root) {
        this.root = root;
    }

    /** In a directory that the test removes, mostly a {@code @TempDir}. */
    public static RealWorld in(Path directory) {
        return new RealWorld(directory);
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public LocalFiles files() {
        return files;
    }

    /** A private directory of this name below the root. */
    public Path directory(String name) throws PoolException {
        Path directory = root.resolve(name);
        files.createPrivateDirectory(directory);
        return directory;
    }

    /** A new remote with a bucket of its own. */
    public SimRemote remote(String name) {
        return new SimRemote(name, files, scheduler);
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
