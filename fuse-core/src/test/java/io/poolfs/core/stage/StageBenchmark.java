package io.poolfs.core.stage;

import io.poolfs.core.cache.ByteBudget;
import io.poolfs.core.cache.ContentRecords;
import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.ImageStore;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.LmdbStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.meta.RecordingLog;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.placement.Balance;
import io.poolfs.core.placement.PlacementRule;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Task;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The way of content to five remotes of a given speed: {@code java -cp … io.poolfs.core.stage.StageBenchmark directory
 * [MB per second and remote]}. Each put costs 240 ms of round trips.
 */
final class StageBenchmark {
    private static final int REMOTES = 5;
    private static final Duration ROUND_TRIPS = Duration.ofMillis(240);
    private static final long MIB = 1 << 20;

    private final RealScheduler scheduler = RealScheduler.create();
    private final List<Remote> remotes = new ArrayList<>();
    private final AtomicInteger objects = new AtomicInteger();
    private final AtomicInteger uploading = new AtomicInteger();
    private final AtomicInteger mostUploading = new AtomicInteger();
    private final byte[] noise = new byte[(int) MIB];
    private final Metadata metadata;
    private final ByteBudget budget;
    private final ImageStore images;
    private final WriteBackStager stager;
    private int names;

    private StageBenchmark(Path directory, double bytesPerSecond) throws PoolException {
        new Random(1).nextBytes(noise);
        for (int i = 1; i <= REMOTES; i++) {
            remotes.add(new PacedRemote(i, bytesPerSecond));
        }
        metadata = KeyValueMetadata.open(
                LmdbStore.open(directory.resolve("meta"), scheduler), new RecordingLog(), scheduler.clock());
        budget = new ByteBudget(scheduler, 2048 * MIB);
        images = ImageStore.open(scheduler, RealFiles.create(), directory.resolve("images"), budget, records());
        stager = new WriteBackStager(
                scheduler,
                metadata,
                images,
                new FakeShippedLog(metadata::lastTransaction),
                RealFiles.create(),
                () -> remotes,
                StageSettings.of(
                        directory.resolve("chunks"),
                        "data",
                        100 * MIB,
                        budget.stagedLimitBytes(),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(1),
                        new PlacementRule(Balance.LEAST_USED, 100 * MIB, false)));
        stager.start();
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args[0]), "poolfs-stage-bench");
        double megabytes = args.length > 1 ? Double.parseDouble(args[1]) : 1000;
        StageBenchmark benchmark = new StageBenchmark(directory, megabytes * 1e6);
        benchmark.smallFiles(6_400, 222_000_000 / 6_400);
        benchmark.smallFiles(6_400, 222_000_000 / 6_400);
        benchmark.smallFiles(50_000, 1_000);
        benchmark.largeFile(1_000_000_000);
        benchmark.largeFile(4_000_000_000L);
        benchmark.fsyncs(200);
        benchmark.stager.close();
        benchmark.images.close();
        benchmark.metadata.close();
        RealFiles.create().deleteTree(directory);
        System.exit(0);
    }

    private void smallFiles(int count, int bytes) throws PoolException {
        begin();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Image image = images.acquire(create());
            image.write(
                    0,
                    ByteBuffer.wrap(noise, i % 1000, bytes),
                    scheduler.clock().wallNanos(),
                    Long.MAX_VALUE);
            stager.modified(image);
            stager.closed(image.inode());
            images.release(image);
        }
        tell(count + " files of " + bytes + " bytes", (long) count * bytes, start);
    }

    private void largeFile(long bytes) throws PoolException {
        begin();
        long start = System.nanoTime();
        Image image = images.acquire(create());
        for (long at = 0; at < bytes; at += 128 << 10) {
            image.write(
                    at, ByteBuffer.wrap(noise, 0, 128 << 10), scheduler.clock().wallNanos(), Long.MAX_VALUE);
            stager.modified(image);
        }
        stager.closed(image.inode());
        images.release(image);
        tell("a file of " + bytes + " bytes", bytes, start);
    }

    private void fsyncs(int count) throws PoolException {
        begin();
        long start = System.nanoTime();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Image image = images.acquire(create());
            image.write(0, ByteBuffer.wrap(noise, 0, 5000), scheduler.clock().wallNanos(), Long.MAX_VALUE);
            stager.modified(image);
            tasks.add(scheduler.start("fsync", () -> {
                stager.commit(image.inode(), Long.MAX_VALUE);
                images.release(image);
            }));
        }
        for (Task task : tasks) {
            task.join(Long.MAX_VALUE);
        }
        tell(count + " fsyncs at once", count * 5000L, start);
    }

    private void begin() {
        objects.set(0);
        mostUploading.set(0);
    }

    private void tell(String what, long bytes, long start) throws PoolException {
        double written = (System.nanoTime() - start) / 1e9;
        stager.commitAll(Long.MAX_VALUE);
        double committed = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%-28s staged %6.2f s, committed %6.2f s (%6.1f MB/s), %3d objects, at most %d uploads at a time%n",
                what, written, committed, bytes / 1e6 / committed, objects.get(), mostUploading.get());
    }

    private Inode create() throws PoolException {
        return metadata.change(writer -> {
            long inode = writer.nextInode();
            writer.apply(new Op.Create(
                    new Op.Place(Inode.ROOT, FileName.of("f" + names++)),
                    inode,
                    FileType.REGULAR.modeBits() | 0644,
                    1,
                    1,
                    0,
                    null,
                    writer.nanos(),
                    0));
            return writer.requireInode(inode);
        });
    }

    private ContentRecords records() {
        return new ContentRecords() {
            @Override
            public @Nullable Inode inode(long number) throws PoolException {
                return metadata.read(reader -> Optional.ofNullable(reader.inode(number)))
                        .orElse(null);
            }

            @Override
            public void cut(long inode, long fromOffset) throws PoolException {
                metadata.alter(writer -> writer.dropPending(inode, ByteRange.between(fromOffset, Long.MAX_VALUE)));
            }

            @Override
            public void hole(long inode, ByteRange range) throws PoolException {
                metadata.alter(writer -> writer.putPending(inode, new PendingExtent(range, null)));
            }
        };
    }

    /** Takes everything and keeps nothing, at its speed. */
    private final class PacedRemote implements Remote, RemoteStore {
        private final int number;
        private final double bytesPerSecond;
        private final AtomicLong busy = new AtomicLong();
        private final Monitor sleep;

        PacedRemote(int number, double bytesPerSecond) {
            this.number = number;
            this.bytesPerSecond = bytesPerSecond;
            this.sleep = scheduler.newMonitor("remote");
        }

        @Override
        public void put(String object, Path source, long sizeBytes) throws PoolException {
            objects.incrementAndGet();
            mostUploading.accumulateAndGet(uploading.incrementAndGet(), Math::max);
            long transfer = (long) (sizeBytes / bytesPerSecond * 1e9);
            long now = scheduler.clock().monotonicNanos();
            long free = busy.updateAndGet(until -> Math.max(until, now) + transfer);
            try (Monitor.Hold hold = sleep.enter()) {
                sleep.await(() -> false, free + ROUND_TRIPS.toNanos());
            }
            uploading.decrementAndGet();
        }

        @Override
        public String name() {
            return "r" + number;
        }

        @Override
        public RemoteId id() {
            return new RemoteId(0, number);
        }

        @Override
        public RemoteStore store() {
            return this;
        }

        @Override
        public RemoteStatus status() {
            OptionalLong unknown = OptionalLong.empty();
            return new RemoteStatus(
                    name(),
                    id(),
                    RemoteStatus.Health.HEALTHY,
                    true,
                    false,
                    0,
                    unknown,
                    unknown,
                    0,
                    name(),
                    2,
                    0,
                    0,
                    0,
                    0,
                    null);
        }

        @Override
        public void getRange(String object, long offset, ByteBuffer dst) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(String object) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Entry> list(String folder) {
            throw new UnsupportedOperationException();
        }

        @Override
        public OptionalLong size(String object) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void makeFolder(String folder) {}

        @Override
        public Room about() {
            return Room.UNKNOWN;
        }

        @Override
        public void close() {}
    }
}
