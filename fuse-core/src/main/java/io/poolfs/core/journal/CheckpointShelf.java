package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints in {@code state_dir/checkpoints}: the newest two that are intact. Usable from any thread. */
final class CheckpointShelf {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointShelf.class);
    private static final int KEPT = 2;

    private final LocalFiles files;
    private final Path directory;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private List<KeptCheckpoint> kept = List.of();

    @GuardedByMonitor("monitor")
    private long pruneThrough;

    private CheckpointShelf(Scheduler scheduler, LocalFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
        this.monitor = scheduler.newMonitor("checkpoints");
    }

    /**
     * Opens the directory; a file that is damaged is reported and left aside.
     *
     * @param thorough reads each as a whole; false looks at the headers only
     */
    static CheckpointShelf open(Scheduler scheduler, LocalFiles files, Path directory, PoolId pool, boolean thorough)
            throws PoolException {
        files.createPrivateDirectory(directory);
        // A killed process may have made names that are not yet on the disk.
        files.syncDirectory(directory);
        CheckpointShelf shelf = new CheckpointShelf(scheduler, files, directory);
        List<KeptCheckpoint> found = new ArrayList<>();
        for (String name : files.list(directory)) {
            if (NumberedName.parse(name) == null) {
                continue;
            }
            Path path = directory.resolve(name);
            try {
                CheckpointHeader header =
                        thorough ? CheckpointFile.verify(files, path, pool) : header(files, path, pool);
                found.add(new KeptCheckpoint(header, path, files.sizeBytes(path)));
            } catch (PoolException e) {
                LOG.warn("checkpoint {} is not usable: {}", path, e.getMessage());
            }
        }
        found.sort(Comparator.comparingLong(KeptCheckpoint::transaction));
        shelf.kept = List.copyOf(found.subList(Math.max(0, found.size() - KEPT), found.size()));
        return shelf;
    }

    private static CheckpointHeader header(LocalFiles files, Path path, PoolId pool) throws PoolException {
        try (CheckpointReader reader = CheckpointReader.open(files, path, pool)) {
            return reader.header();
        }
    }

    Path directory() {
        return directory;
    }

    /** Oldest first, at most two. */
    List<KeptCheckpoint> kept() {
        try (Monitor.Hold hold = monitor.enter()) {
            return kept;
        }
    }

    @Nullable
    KeptCheckpoint newest() {
        List<KeptCheckpoint> now = kept();
        return now.isEmpty() ? null : now.get(now.size() - 1);
    }

    /** Puts a checkpoint that lies in the directory and was verified on the shelf; older ones beyond two go. */
    void add(KeptCheckpoint made) throws PoolException {
        List<KeptCheckpoint> gone = new ArrayList<>();
        try (Monitor.Hold hold = monitor.enter()) {
            List<KeptCheckpoint> now = new ArrayList<>(kept);
            now.removeIf(same -> same.path().equals(made.path())); // a recovery that starts again fetches it again
            now.add(made);
            now.sort(Comparator.comparingLong(KeptCheckpoint::transaction));
            while (now.size() > KEPT) {
                gone.add(now.remove(0));
            }
            kept = List.copyOf(now);
        }
        for (KeptCheckpoint old : gone) {
            files.delete(old.path());
        }
    }

    /** Both kept ones are on enough members: what is before the older may go everywhere. 0 while that never was so. */
    long pruneThrough() {
        try (Monitor.Hold hold = monitor.enter()) {
            return pruneThrough;
        }
    }

    void pruneThrough(long transaction) {
        try (Monitor.Hold hold = monitor.enter()) {
            pruneThrough = Math.max(pruneThrough, transaction);
        }
    }
}
