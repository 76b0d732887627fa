package io.poolfs.core.fetch;

import static io.poolfs.core.fetch.FetchFixture.KIB;
import static io.poolfs.core.fetch.FetchFixture.MIB;
import static io.poolfs.core.fetch.FetchFixture.extent;
import static io.poolfs.core.fetch.FetchFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.Task;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RangeFetcherTest {
    @TempDir
    Path dir;

    private FetchFixture pool;

    @BeforeEach
    void open() throws PoolException {
        pool = new FetchFixture(dir, 64L * MIB, 16L * MIB);
    }

    @AfterEach
    void close() throws PoolException {
        pool.close();
    }

    @Test
    void read_wholeFile_givesItsBytes() throws PoolException {
        byte[] content = pool.randomBytes(5 * MIB + 123);
        Image image = pool.acquire(pool.file("f", content, 2 * MIB));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            for (int at = 0; at < content.length; at += 128 * KIB) {
                byte[] part = read(stream, at, 128 * KIB);
                assertThat(part).isEqualTo(Arrays.copyOfRange(content, at, Math.min(content.length, at + 128 * KIB)));
            }
            assertThat(read(stream, content.length, 10)).isEmpty();
        }
        pool.images.release(image);
    }

    @Test
    void read_again_asksNoRemote() throws PoolException {
        byte[] content = pool.randomBytes(300 * KIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThat(read(stream, 0, 300 * KIB)).isEqualTo(content);
            settled(image, 300 * KIB);
            long gets = pool.gets();
            assertThat(read(stream, 0, 300 * KIB)).isEqualTo(content);
            assertThat(pool.gets()).isEqualTo(gets);
        }
    }

    @Test
    void read_afterReopen_findsWhatWasKept() throws PoolException {
        byte[] content = pool.randomBytes(300 * KIB);
        long inode = pool.file("f", content, MIB);
        Image first = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(first)) {
            read(stream, 0, 300 * KIB);
            settled(first, 300 * KIB);
        }
        pool.images.release(first);
        long gets = pool.gets();
        Image second = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(second)) {
            assertThat(read(stream, 0, 300 * KIB)).isEqualTo(content);
        }
        assertThat(pool.gets()).isEqualTo(gets);
    }

    @Test
    void read_oneRandomBlock_fetchesLittle() throws PoolException {
        byte[] content = pool.randomBytes(8 * MIB);
        Image image = pool.acquire(pool.file("f", content, 8 * MIB));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThat(read(stream, 5_000_000, 4096)).isEqualTo(Arrays.copyOfRange(content, 5_000_000, 5_004_096));
        }
        assertThat(pool.fetcher.counters().fetchedBytes()).isEqualTo(64 * KIB);
    }

    @Test
    void read_holes_givesZerosAndTakesNoRoom() throws PoolException {
        byte[] part = pool.randomBytes(10_000);
        Chunk chunk = pool.plant(0, part);
        long inode = pool.fixture.file(Inode.ROOT, "f");
        pool.commit(
                inode, 0, 10 * MIB, List.of(), List.of(chunk), List.of(extent(chunk, part, 5 * MIB, 0, part.length)));
        byte[] expected = new byte[10 * MIB];
        System.arraycopy(part, 0, expected, 5 * MIB, part.length);
        Image image = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            for (int at = 0; at < expected.length; at += MIB) {
                assertThat(Arrays.equals(read(stream, at, MIB), Arrays.copyOfRange(expected, at, at + MIB)))
                        .isTrue();
            }
        }
        assertThat(image.residentBytes()).isLessThanOrEqualTo(12 * KIB);
    }

    @Test
    void read_pendingExtents_goBeforeCommittedOnes() throws PoolException {
        byte[] old = pool.randomBytes(3 * MIB);
        byte[] newer = pool.randomBytes(MIB);
        long inode = pool.file("f", old, 3 * MIB);
        Chunk chunk = pool.plant(1, newer);
        pool.metadata.alter(writer -> {
            writer.putPendingChunk(chunk);
            writer.putPending(inode, new PendingExtent(new ByteRange(MIB, MIB), extent(chunk, newer, MIB, 0, MIB)));
            writer.putPending(inode, new PendingExtent(new ByteRange(2 * MIB, 4096), null));
        });
        byte[] expected = old.clone();
        System.arraycopy(newer, 0, expected, MIB, MIB);
        Arrays.fill(expected, 2 * MIB, 2 * MIB + 4096, (byte) 0);
        Image image = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThat(Arrays.equals(read(stream, 0, 3 * MIB), expected)).isTrue();
        }
    }

    @Test
    void read_afterTruncateAndGrowth_givesZerosBeyondTheCut() throws PoolException {
        byte[] content = pool.randomBytes(MIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        image.truncate(10_000, 5, false);
        image.truncate(50_000, 6, false);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            byte[] expected = Arrays.copyOf(Arrays.copyOf(content, 10_000), 50_000);
            assertThat(read(stream, 0, MIB)).isEqualTo(expected);
        }
    }

    @Test
    void write_partOfAnAbsentBlock_keepsTheRestOfIt() throws PoolException {
        byte[] content = pool.randomBytes(MIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        byte[] bytes = pool.randomBytes(100_000);
        pool.fetcher.write(image, 1234, ByteBuffer.wrap(bytes), 7, pool.scheduler.deadlineAfter(Duration.ofSeconds(5)));
        byte[] expected = content.clone();
        System.arraycopy(bytes, 0, expected, 1234, bytes.length);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThat(Arrays.equals(read(stream, 0, MIB), expected)).isTrue();
        }
        assertThat(pool.fetcher.counters().fetchedBytes()).isLessThan(2 * MIB);
    }

    @Test
    void read_ofManyAtOnce_fetchesOnce() throws PoolException {
        byte[] content = pool.randomBytes(64 * KIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        pool.remotes.get(0).intercept(new SimRemote.Interceptor() {
            @Override
            public void before(SimRemote.Call call, String object) {
                asked.countDown();
                awaitQuietly(go);
            }
        });
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            tasks.add(pool.scheduler.start("reader", () -> {
                try (Fetcher.Stream stream = pool.fetcher.open(image)) {
                    assertThat(read(stream, 0, 64 * KIB)).isEqualTo(content);
                }
            }));
        }
        awaitQuietly(asked);
        go.countDown();
        for (Task task : tasks) {
            task.join(pool.scheduler.deadlineAfter(Duration.ofSeconds(20)));
        }
        assertThat(pool.gets()).isEqualTo(1);
    }

    @Test
    void read_whileAFetchIsUnderWay_doesNotWaitForWhatIsPresent() throws PoolException {
        byte[] content = pool.randomBytes(MIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        try (Fetcher.Stream stream = pool.fetcher.open(image);
                Fetcher.Stream other = pool.fetcher.open(image)) {
            read(stream, 0, 4096);
            settled(image, 64 * KIB);
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch asked = new CountDownLatch(1);
            pool.remotes.get(0).intercept(new SimRemote.Interceptor() {
                @Override
                public void before(SimRemote.Call call, String object) {
                    asked.countDown();
                    awaitQuietly(go);
                }
            });
            Task blocked = pool.scheduler.start("reader", () -> read(other, 512 * KIB, 4096));
            awaitQuietly(asked);
            assertThat(read(stream, 4096, 4096)).isEqualTo(Arrays.copyOfRange(content, 4096, 8192));
            go.countDown();
            blocked.join(pool.scheduler.deadlineAfter(Duration.ofSeconds(20)));
        }
    }

    @Test
    void read_fileOfTwentyBudgets_passesThrough() throws PoolException {
        pool.close();
        pool = new FetchFixture(dir.resolve("small"), 4L * MIB, 2L * MIB);
        byte[] content = pool.randomBytes(80 * MIB);
        Image image = pool.acquire(pool.file("f", content, 8 * MIB));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            for (int at = 0; at < content.length; at += 128 * KIB) {
                byte[] part = read(stream, at, 128 * KIB);
                assertThat(Arrays.equals(part, Arrays.copyOfRange(content, at, at + 128 * KIB)))
                        .as("at " + at)
                        .isTrue();
                assertThat(pool.usedBytes()).isLessThanOrEqualTo(4L * MIB);
            }
        }
        assertThat(pool.fetcher.counters().fetchedBytes()).isLessThan(100L * MIB);
    }

    @Test
    void read_damagedOnTheWayOnce_isReadAgain() throws PoolException {
        byte[] content = pool.randomBytes(MIB);
        long inode = pool.file("f", content, MIB);
        AtomicLong flips = new AtomicLong();
        Chunk chunk = pool.metadata.read(
                r -> r.chunk(r.extents(inode, 0, 1).get(0).piece().chunk()));
        byte[] damaged = content.clone();
        damaged[7]++;
        pool.remotes.get(0).bucket().plant(chunk.id().hex(), damaged);
        pool.remotes.get(0).intercept(new SimRemote.Interceptor() {
            @Override
            public void after(SimRemote.Call call, String object) {
                if (flips.getAndIncrement() == 0) {
                    pool.remotes.get(0).bucket().plant(object, content);
                }
            }
        });
        Image image = pool.acquire(inode);
        pool.fetcher.fetch(image, 0, MIB);
        assertThat(image.absent(0, MIB)).isEmpty();
        assertThat(pool.gets()).isEqualTo(2);
    }

    @Test
    void read_damagedForGood_isCorruptAndNamesChunkAndRemote() throws PoolException {
        byte[] content = pool.randomBytes(2 * MIB);
        long inode = pool.file("f", content, 2 * MIB);
        Chunk chunk = pool.metadata.read(
                r -> r.chunk(r.extents(inode, 0, 1).get(0).piece().chunk()));
        byte[] damaged = content.clone();
        damaged[MIB + 9]++;
        pool.remotes.get(0).bucket().plant(chunk.id().hex(), damaged);
        Image image = pool.acquire(inode);
        assertThatThrownBy(() -> pool.fetcher.fetch(image, 0, 2 * MIB))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT))
                .hasMessageContaining(chunk.id().hex())
                .hasMessageContaining("remote0")
                .hasMessageContaining(Integer.toString(MIB));
        assertThat(image.absent(0, 2 * MIB)).hasSize(1);
        assertThat(pool.usedBytes()).isLessThanOrEqualTo(8192);
    }

    /** Read from its midst: it is small enough to be verified all the same. */
    @Test
    void read_partOfASmallDamagedChunk_isCorrupt() throws PoolException {
        byte[] content = pool.randomBytes(200 * KIB);
        long inode = pool.file("f", content, 200 * KIB);
        Chunk chunk = pool.metadata.read(
                r -> r.chunk(r.extents(inode, 0, 1).get(0).piece().chunk()));
        byte[] damaged = content.clone();
        damaged[150 * KIB]++;
        pool.remotes.get(0).bucket().plant(chunk.id().hex(), damaged);
        try (Fetcher.Stream stream = pool.fetcher.open(pool.acquire(inode))) {
            assertThatThrownBy(() -> read(stream, 140 * KIB, 50 * KIB))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
        }
    }

    @Test
    void read_damagedSmallPieceOfAPack_isCorrupt() throws PoolException {
        byte[] pack = pool.randomBytes(400_000);
        Chunk chunk = pool.plant(0, pack);
        long inode = pool.fixture.file(Inode.ROOT, "small");
        pool.commit(inode, 0, 5000, List.of(), List.of(chunk), List.of(extent(chunk, pack, 0, 100_000, 5000)));
        pack[102_000]++;
        pool.remotes.get(0).bucket().plant(chunk.id().hex(), pack);
        Image image = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThatThrownBy(() -> read(stream, 0, 5000))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
        }
    }

    @Test
    void read_chunkGone_isCorruptAndNeverNotFound() throws PoolException {
        byte[] content = pool.randomBytes(MIB);
        long inode = pool.file("f", content, MIB);
        pool.remotes.get(0).bucket().wipe();
        Image image = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThatThrownBy(() -> read(stream, 0, 5000))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
        }
    }

    @Test
    void read_chunkMovedMeanwhile_findsItsNewPlace() throws PoolException {
        byte[] content = pool.randomBytes(100_000);
        long inode = pool.file("f", content, MIB);
        Extent before = pool.metadata.read(r -> r.extents(inode, 0, 1).get(0));
        Chunk moved = pool.plant(1, content);
        pool.remotes.get(0).bucket().wipe();
        pool.remotes.get(0).intercept(new SimRemote.Interceptor() {
            @Override
            public void before(SimRemote.Call call, String object) throws PoolException {
                pool.remotes.get(0).intercept(new SimRemote.Interceptor() {});
                pool.metadata.alter(writer -> {
                    writer.apply(new Op.AddChunk(moved));
                    writer.apply(new Op.Repoint(
                            inode, before.piece().chunk(), List.of(extent(moved, content, 0, 0, content.length))));
                });
            }
        });
        Image image = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThat(read(stream, 0, 100_000)).isEqualTo(content);
        }
    }

    @Test
    void isReading_aChunk_whileItIsRead() throws PoolException {
        long inode = pool.file("f", pool.randomBytes(100_000), MIB);
        ChunkId chunk =
                pool.metadata.read(r -> r.extents(inode, 0, 1).get(0).piece().chunk());
        List<Boolean> meanwhile = new CopyOnWriteArrayList<>();
        pool.remotes.get(0).intercept(new SimRemote.Interceptor() {
            @Override
            public void before(SimRemote.Call call, String object) {
                meanwhile.add(pool.fetcher.isReading(chunk));
            }
        });
        assertThat(pool.fetcher.isReading(chunk)).isFalse();
        pool.fetcher.fetch(pool.acquire(inode), 0, 100_000);
        assertThat(meanwhile).isNotEmpty().containsOnly(true);
        assertThat(pool.fetcher.isReading(chunk)).isFalse();
    }

    @Test
    void read_oneRemoteDown_failsOnlyItsBytes() throws PoolException {
        byte[] content = pool.randomBytes(100 * KIB);
        // Stretches of 20 KiB on the remotes in turn: several in one unit.
        Image image = pool.acquire(pool.file("f", content, 20 * KIB));
        pool.remotes.get(1).bucket().setDown(true);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            for (int block = 0; block < 25; block++) {
                int at = block * 4096;
                if (at / (20 * KIB) % 3 == 1) {
                    assertThatThrownBy(() -> read(stream, at, 4096))
                            .as("block " + block)
                            .isInstanceOfSatisfying(
                                    PoolException.class,
                                    e -> assertThat(e.reason()).isEqualTo(Reason.REMOTE_UNAVAILABLE));
                } else {
                    assertThat(read(stream, at, 4096))
                            .as("block " + block)
                            .isEqualTo(Arrays.copyOfRange(content, at, at + 4096));
                }
            }
        }
    }

    /** Within one block as well: it is not kept, but what can be had of it is passed on. */
    @Test
    void read_blockOnTwoRemotesOneDown_failsOnlyItsBytes() throws PoolException {
        byte[] content = pool.randomBytes(18 * KIB);
        Image image = pool.acquire(pool.file("f", content, 6 * KIB));
        pool.remotes.get(0).bucket().setDown(true);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThatThrownBy(() -> read(stream, 4096, 4096))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REMOTE_UNAVAILABLE));
            assertThat(read(stream, 6 * KIB, 12 * KIB)).isEqualTo(Arrays.copyOfRange(content, 6 * KIB, 18 * KIB));
            pool.remotes.get(0).bucket().setDown(false);
            assertThat(read(stream, 0, 18 * KIB)).isEqualTo(content);
        }
    }

    @Test
    void read_budgetFullOfDirtyBytes_passesBytesOnWithoutKeepingThem() throws PoolException {
        pool.close();
        pool = new FetchFixture(dir.resolve("full"), MIB, MIB);
        byte[] content = pool.randomBytes(MIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        long all = MIB - pool.usedBytes();
        pool.budget.reserve(Budget.Use.CLEAN, all, 0);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            assertThat(read(stream, 0, 20_000)).isEqualTo(Arrays.copyOf(content, 20_000));
        }
        assertThat(image.residentBytes()).isZero();
        assertThat(pool.fetcher.counters().notKept()).isPositive();
    }

    @Test
    void readAhead_reader_hasSeveralRemotesAtWork() throws PoolException {
        byte[] content = pool.randomBytes(12 * MIB);
        Image image = pool.acquire(pool.file("f", content, 2 * MIB));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            for (int at = 0; at < 4 * MIB; at += 128 * KIB) {
                read(stream, at, 128 * KIB);
            }
            // The window has grown beyond the second chunk by now.
            Awaitility.await()
                    .untilAsserted(() -> assertThat(pool.remotes.get(2).count(SimRemote.Call.GET))
                            .isPositive());
        }
    }

    @Test
    void read_placesOfAFile_expectsItsOtherChunks() throws PoolException {
        byte[] content = pool.randomBytes(24 * MIB);
        long inode = pool.file("f", content, 4 * MIB);
        List<String> chunks = pool.metadata.read(reader -> reader.extents(inode, 0, content.length).stream()
                .map(extent -> extent.piece().chunk().hex())
                .toList());
        Image image = pool.acquire(inode);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            read(stream, 0, 4096);
            assertThat(pool.expected()).as("head").containsExactly(chunks.get(5));
            read(stream, 9L * MIB, 4096);
            assertThat(pool.expected()).contains(chunks.get(0), chunks.get(1), chunks.get(3), chunks.get(4));
            assertThat(pool.expected()).doesNotContain(chunks.get(2));
        }
        pool.images.release(image);
    }

    @Test
    void readAhead_remoteFails_readerIsNotTold() throws PoolException {
        byte[] content = pool.randomBytes(4 * MIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        pool.remotes.get(1).bucket().setDown(true);
        pool.remotes.get(0).faults().latency(Duration.ofMillis(5), Duration.ofMillis(6));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            for (int at = 0; at < MIB; at += 64 * KIB) {
                assertThat(read(stream, at, 64 * KIB)).isEqualTo(Arrays.copyOfRange(content, at, at + 64 * KIB));
            }
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(pool.fetcher.counters().aheadFailures()).isPositive());
            assertThatThrownBy(() -> read(stream, MIB, 4096)).isInstanceOf(PoolException.class);
        }
    }

    @Test
    void close_ofAStream_leavesNothingOpen() throws PoolException {
        byte[] content = pool.randomBytes(4 * MIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            for (int at = 0; at < 2 * MIB; at += 128 * KIB) {
                read(stream, at, 128 * KIB);
            }
            stream.close();
            assertThatThrownBy(() -> read(stream, 0, 10))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
        }
        pool.images.release(image);
        // Fetches that were under way let go of the image when they end.
        Awaitility.await().until(() -> pool.images.peek(image.inode()) == null);
    }

    @Test
    void write_whileItsBlockIsFetched_winsOverTheFetch() throws PoolException {
        byte[] content = pool.randomBytes(64 * KIB);
        Image image = pool.acquire(pool.file("f", content, MIB));
        byte[] bytes = pool.randomBytes(4096);
        pool.remotes.get(0).intercept(new SimRemote.Interceptor() {
            @Override
            public void after(SimRemote.Call call, String object) throws PoolException {
                pool.remotes.get(0).intercept(new SimRemote.Interceptor() {});
                image.write(8192, ByteBuffer.wrap(bytes), 9, Long.MAX_VALUE);
                image.truncate(40_000, 10, false);
                image.truncate(64 * KIB, 11, false);
            }
        });
        byte[] expected = Arrays.copyOf(Arrays.copyOf(content, 40_000), 64 * KIB);
        System.arraycopy(bytes, 0, expected, 8192, 4096);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            read(stream, 0, 64 * KIB);
            assertThat(Arrays.mismatch(read(stream, 0, 64 * KIB), expected)).isEqualTo(-1);
        }
    }

    private static void settled(Image image, long bytes) {
        Awaitility.await().until(() -> image.residentBytes() >= bytes);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
