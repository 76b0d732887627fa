package io.poolfs.cli.service;

import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Warms, pins, unpins and evicts files and trees. */
final class CachedFiles {
    private static final Duration REPORT_EVERY = Duration.ofMillis(200);

    /** More than one, so that small files do not wait for each other. */
    private static final int AT_A_TIME = 6;

    private static final int MOST_FAILURES = 1000;

    private final OpenPool pool;
    private final CacheControl cache;
    private final Paths paths;
    private final Directories directories;

    CachedFiles(OpenPool pool, Paths paths, Directories directories) {
        this.pool = pool;
        this.cache = pool.cache();
        this.paths = paths;
        this.directories = directories;
    }

    private record Target(PoolPath path, long inode, long contentBytes) {}

    Answers.Kept warm(List<PoolPath> asked, Progress.Listener listener) throws PoolException {
        List<Target> targets = targets(asked, listener);
        long bytes = bytes(targets);
        long room = pool.budget().limitBytes();
        if (bytes > room) {
            throw new PoolException(
                    Reason.NO_SPACE,
                    "these files have " + Quantities.readableSize(bytes) + ", the cache holds "
                            + Quantities.readableSize(room) + ": name fewer, or raise cache_size");
        }
        return fetch(targets, bytes, listener);
    }

    Answers.Kept pin(List<PoolPath> asked, Progress.Listener listener) throws PoolException {
        List<Target> targets = targets(asked, listener);
        cache.pin(targets.stream().map(Target::inode).toList());
        return fetch(targets, bytes(targets), listener);
    }

    Answers.Kept unpin(List<PoolPath> asked, Progress.Listener listener) throws PoolException {
        List<Target> targets = targets(asked, listener);
        targets.removeIf(target -> !cache.isPinned(target.inode()));
        cache.unpin(targets.stream().map(Target::inode).toList());
        return new Answers.Kept(targets.size(), bytes(targets), 0, List.of());
    }

    Answers.Kept evict(List<PoolPath> asked, Progress.Listener listener) throws PoolException {
        List<Target> targets = targets(asked, listener);
        List<Answers.LeftOut> failed = new ArrayList<>();
        long freed = 0;
        long done = 0;
        for (Target target : targets) {
            if (cache.isPinned(target.inode())) {
                failed.add(new Answers.LeftOut(target.path().toString(), "pinned: unpin it first"));
            } else {
                freed += cache.evict(target.inode());
            }
            done++;
            listener.update(new Progress("evicting", done, targets.size(), "files", null));
        }
        return new Answers.Kept(targets.size(), bytes(targets), freed, failed);
    }

    Answers.Pins pins() throws PoolException {
        List<Answers.PinnedFile> files = new ArrayList<>();
        for (long inode : cache.pins()) {
            for (PoolPath path : pool.metadata().read(reader -> InodePaths.of(reader, inode))) {
                files.add(new Answers.PinnedFile(path, cache.contentBytes(inode), cache.presentBytes(inode)));
            }
        }
        CacheControl.Pinned pinned = cache.pinned();
        return new Answers.Pins(files, pinned.bytes(), pinned.limitBytes());
    }

    /** Regular files named, or below what is named; each once. */
    private List<Target> targets(List<PoolPath> asked, Progress.Listener listener) throws PoolException {
        List<Target> targets = new ArrayList<>();
        for (PoolPath path : asked) {
            Inode inode = paths.resolve(path, true);
            directories.walk(path, inode, (below, file) -> {
                targets.add(new Target(below, file.number(), cache.contentBytes(file.number())));
                if (targets.size() % 1000 == 0) {
                    listener.update(new Progress("looking", targets.size(), -1, "files", null));
                }
            });
        }
        return targets;
    }

    private Answers.Kept fetch(List<Target> targets, long bytes, Progress.Listener listener) throws PoolException {
        Fetching fetching = new Fetching(targets);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < Math.min(AT_A_TIME, targets.size()); i++) {
            tasks.add(pool.scheduler().start("warm", fetching::run));
        }
        try {
            for (Task task : tasks) {
                while (!ended(task)) {
                    listener.update(new Progress("fetching", Math.min(bytes, fetching.done()), bytes, "bytes", null));
                }
            }
        } finally {
            fetching.stop(); // who asked may have gone
        }
        return new Answers.Kept(targets.size(), bytes, fetching.fetchedBytes.get(), List.copyOf(fetching.failed));
    }

    private boolean ended(Task task) throws PoolException {
        try {
            task.join(pool.scheduler().deadlineAfter(REPORT_EVERY));
            return true;
        } catch (PoolException e) {
            if (e.reason() == Reason.TIMEOUT && !task.isDone()) {
                return false;
            }
            throw new NamedInodes(pool.metadata()).in(e);
        }
    }

    /** Files that several threads fetch. */
    private final class Fetching {
        private final Queue<Target> left;
        private final AtomicLong presentBytes = new AtomicLong();
        private final AtomicLong fetchedBytes = new AtomicLong();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Queue<Answers.LeftOut> failed = new ConcurrentLinkedQueue<>();

        Fetching(List<Target> targets) {
            left = new ConcurrentLinkedQueue<>(targets);
        }

        long done() {
            return presentBytes.get() + fetchedBytes.get();
        }

        void stop() {
            stopped.set(true);
        }

        void run() {
            for (Target target = left.poll(); target != null && !stopped.get(); target = left.poll()) {
                long[] fetched = {0};
                try {
                    long missing = cache.warm(target.inode(), bytes -> {
                        fetched[0] += bytes;
                        fetchedBytes.addAndGet(bytes);
                        if (stopped.get()) {
                            throw new Stopped();
                        }
                    });
                    if (missing > 0) {
                        fail(
                                target,
                                "there is no room in the cache for " + Quantities.readableSize(missing) + " of it");
                    }
                } catch (PoolException e) {
                    fail(
                            target,
                            String.valueOf(
                                    new NamedInodes(pool.metadata()).in(e).getMessage()));
                } catch (Stopped e) {
                    return;
                }
                presentBytes.addAndGet(Math.max(0, target.contentBytes() - fetched[0]));
            }
        }

        private void fail(Target target, String why) {
            if (failed.size() < MOST_FAILURES) {
                failed.add(new Answers.LeftOut(target.path().toString(), why));
            }
        }
    }

    /** Nobody wants the rest. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static long bytes(List<Target> targets) {
        return targets.stream().mapToLong(Target::contentBytes).sum();
    }
}
