package io.poolfs.core.pool;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a remote can do with its settings, limits included: puts, reads and deletes objects of its own in the
 * folder of the metadata, and leaves nothing behind.
 */
final class RemoteBench {
    private static final String PREFIX = "bench-";
    private static final int SMALL_BYTES = 4 << 10;
    private static final int SMALL_OBJECTS = 8;
    private static final int FIRST_BYTES = 1 << 20;
    private static final int LARGEST_BYTES = 16 << 20;
    private static final int MOST_OBJECTS = 64;
    private static final int READ_BYTES = 4 << 20;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** What an earlier run that was killed has left is deleted when it is that old. */
    private static final long LEFT_BEHIND_MILLIS = Duration.ofHours(1).toMillis();

    private final Scheduler scheduler;
    private final LocalFiles files;
    private final Path scratch;
    private final String folder;
    private final Duration atMost;

    /** @param scratch a local file for the time of the run */
    RemoteBench(Scheduler scheduler, LocalFiles files, Path scratch, String manifestPrefix, Duration atMost) {
        this.scheduler = scheduler;
        this.files = files;
        this.scratch = scratch;
        this.folder = manifestPrefix;
        this.atMost = atMost;
    }

    /** One remote's run, with its own source file. */
    RemoteFigures run(Remote remote, int uploads, int downloads, long limitBytesPerSecond, Consumer<String> phase) {
        Path source = scratch.resolveSibling(scratch.getFileName() + "-"
                + Long.toHexString(scheduler.random().nextLong()));
        Run run = new Run(remote.store(), source, uploads, downloads, limitBytesPerSecond, phase);
        String error = null;
        try {
            run.all();
        } catch (PoolException e) {
            error = e.getMessage();
        }
        String left = run.cleanUp();
        return new RemoteFigures(
                remote.name(),
                run.putMillis,
                run.getMillis,
                run.upBytesPerSecond,
                run.downBytesPerSecond,
                run.deletesPerSecond,
                error == null ? left : error);
    }

    private final class Run {
        private final RemoteStore store;
        private final Path source;
        private final int uploads;
        private final int downloads;
        private final long limit;
        private final Consumer<String> phase;
        private final Queue<String> objects = new ConcurrentLinkedQueue<>();
        private final Queue<Path> sources = new ConcurrentLinkedQueue<>();
        private final AtomicInteger next = new AtomicInteger();
        private final String head = folder + "/" + PREFIX
                + scheduler.clock().wallNanos() / NANOS_PER_MILLI + "-"
                + Integer.toHexString(scheduler.random().nextInt(1 << 30));
        private @Nullable Long putMillis;
        private @Nullable Long getMillis;
        private @Nullable Long upBytesPerSecond;
        private @Nullable Long downBytesPerSecond;
        private @Nullable Double deletesPerSecond;

        Run(RemoteStore store, Path source, int uploads, int downloads, long limit, Consumer<String> phase) {
            this.store = store;
            this.limit = limit;
            this.source = source;
            this.uploads = uploads;
            this.downloads = downloads;
            this.phase = phase;
        }

        void all() throws PoolException {
            phase.accept("small objects");
            write(SMALL_BYTES);
            putMillis = median(() -> put(SMALL_BYTES));
            List<String> small = List.copyOf(objects);
            AtomicInteger which = new AtomicInteger();
            getMillis = median(
                    () -> get(small.get(which.getAndIncrement() % small.size()), 0, ByteBuffer.allocate(SMALL_BYTES)));

            phase.accept("uploading");
            write(FIRST_BYTES);
            long begun = now();
            put(FIRST_BYTES);
            double seconds = Math.max(1, now() - begun) / NANOS_PER_SECOND;
            double perSecond = limit == 0 ? FIRST_BYTES / seconds : Math.min((double) limit, FIRST_BYTES / seconds);
            int size = Integer.highestOneBit((int) Math.max(FIRST_BYTES, Math.min(LARGEST_BYTES, perSecond)));
            write(size);
            List<String> large = Collections.synchronizedList(new ArrayList<>());
            int bytes = size;
            upBytesPerSecond = throughput(uploads, MOST_OBJECTS, number -> {
                large.add(put(bytes));
                return (long) bytes;
            });

            phase.accept("downloading");
            int parts = Math.max(1, size / READ_BYTES);
            int part = Math.min(size, READ_BYTES);
            downBytesPerSecond = throughput(downloads, MOST_OBJECTS * parts, number -> {
                String object = large.get(number / parts % large.size());
                get(object, (long) number % parts * part, ByteBuffer.allocate(part));
                return (long) part;
            });

            phase.accept("deleting");
            int count = objects.size();
            begun = now();
            String left = cleanUp();
            deletesPerSecond = left == null ? count * NANOS_PER_SECOND / Math.max(1, now() - begun) : null;
        }

        private String put(int bytes) throws PoolException {
            String object = head + "-" + next.getAndIncrement();
            objects.add(object);
            store.put(object, source(bytes), bytes);
            return object;
        }

        private void get(String object, long offset, ByteBuffer into) throws PoolException {
            store.getRange(object, offset, into);
        }

        private Path source(int bytes) {
            return source.resolveSibling(source.getFileName() + "-" + bytes);
        }

        /** Bytes that nobody can compress. */
        private void write(int bytes) throws PoolException {
            byte[] content = new byte[bytes];
            scheduler.random().nextBytes(content);
            sources.add(source(bytes));
            try (LocalFile file = files.open(source(bytes), LocalFiles.Mode.CREATE)) {
                file.write(0, ByteBuffer.wrap(content));
            }
        }

        private long median(Work work) throws PoolException {
            List<Long> millis = new ArrayList<>();
            long until = scheduler.deadlineAfter(atMost);
            for (int i = 0; i < SMALL_OBJECTS && (i < 2 || now() < until); i++) {
                long begun = now();
                work.run();
                millis.add((now() - begun + NANOS_PER_MILLI / 2) / NANOS_PER_MILLI);
            }
            Collections.sort(millis);
            return millis.get(millis.size() / 2);
        }

        /** Bytes a second of so many threads, until the time is over or the last number was done. */
        private long throughput(int threads, int most, Transfer transfer) throws PoolException {
            AtomicInteger number = new AtomicInteger();
            AtomicLong bytes = new AtomicLong();
            long begun = now();
            long until = scheduler.deadlineAfter(atMost);
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                tasks.add(scheduler.start("bench", () -> {
                    do {
                        int mine = number.getAndIncrement();
                        if (mine >= most) {
                            return;
                        }
                        bytes.addAndGet(transfer.run(mine));
                    } while (now() < until);
                }));
            }
            PoolException failure = null;
            for (Task task : tasks) {
                try {
                    task.join(Long.MAX_VALUE);
                } catch (PoolException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
            long measured = (long) (bytes.get() * NANOS_PER_SECOND / Math.max(1, now() - begun));
            return limit == 0 ? measured : Math.min(limit, measured); // the first of a limit's bytes go at once
        }

        /** Deletes what this run, and one that was killed long ago, put there. What could not be deleted, or null. */
        @Nullable
        String cleanUp() {
            String left = null;
            try {
                for (RemoteStore.Entry entry : objects.isEmpty() ? List.<RemoteStore.Entry>of() : store.list(folder)) {
                    if (isLeftBehind(entry)) {
                        objects.add(folder + "/" + entry.name());
                    }
                }
            } catch (PoolException e) {
                left = "what an earlier run may have left was not looked for: " + e.getMessage();
            }
            for (String object = objects.peek(); object != null; object = objects.peek()) {
                try {
                    store.delete(object);
                } catch (PoolException e) {
                    left = objects.size() + " test objects are left behind, " + object + " among them: "
                            + e.getMessage() + "; the next run after an hour deletes them";
                    break;
                }
                objects.poll();
            }
            for (Path path : sources) {
                try {
                    files.delete(path);
                } catch (PoolException e) {
                    left = e.getMessage();
                }
            }
            return left;
        }

        private boolean isLeftBehind(RemoteStore.Entry entry) {
            String[] words = entry.name().split("-", -1);
            if (entry.isFolder() || words.length != 4 || !entry.name().startsWith(PREFIX)) {
                return false;
            }
            try {
                return Long.parseLong(words[1]) < scheduler.clock().wallNanos() / NANOS_PER_MILLI - LEFT_BEHIND_MILLIS;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        private long now() {
            return scheduler.clock().monotonicNanos();
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws PoolException;
    }

    @FunctionalInterface
    private interface Transfer {
        /** Returns how many bytes went. */
        long run(int number) throws PoolException;
    }
}
