package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Task;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer, a committer, an evictor and readers on one file. Every block holds the number of the write that wrote it:
 * a reader never sees one older than what was acknowledged when he began, nor one that has not begun when he ended.
 */
class ReaderBesideWriterTest {
    private static final int BLOCK = Image.BLOCK_BYTES;
    private static final int BLOCKS = 100;
    private static final int WRITES = 1500;

    @TempDir
    Path dir;

    private final AtomicLongArray begun = new AtomicLongArray(BLOCKS);
    private final AtomicLongArray acknowledged = new AtomicLongArray(BLOCKS);
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();

    @Test
    void reader_besideWriterCommitterAndEvictor_seesEveryAcknowledgedWrite() throws PoolException {
        try (FetchFixture pool = new FetchFixture(dir, 2L << 20, 1L << 20)) {
            long inode = pool.fixture.file(Inode.ROOT, "f");
            Image image = pool.acquire(inode);
            List<Task> tasks = new ArrayList<>();
            tasks.add(pool.scheduler.start("committer", () -> commitAll(pool, image)));
            tasks.add(pool.scheduler.start("evictor", () -> evict(pool)));
            for (int i = 0; i < 2; i++) {
                long seed = i;
                tasks.add(pool.scheduler.start("reader", () -> readAll(pool, image, new Random(seed))));
            }
            try {
                write(pool, image);
            } finally {
                done.set(true);
            }
            for (Task task : tasks) {
                task.join(pool.scheduler.deadlineAfter(Duration.ofSeconds(60)));
            }
            check(pool, image, 0, BLOCKS);
            assertThat(pool.gets()).isPositive();
        }
        assertThat(commits).hasPositiveValue();
        assertThat(reads).hasPositiveValue();
    }

    private void write(FetchFixture pool, Image image) throws PoolException {
        Random random = new Random(7);
        for (int number = 1; number <= WRITES || reads.get() < 200 || commits.get() < 20; number++) {
            int first = random.nextInt(BLOCKS);
            int count = Math.min(BLOCKS - first, 1 + random.nextInt(4));
            ByteBuffer bytes = ByteBuffer.allocate(count * BLOCK);
            while (bytes.hasRemaining()) {
                bytes.putLong(number);
            }
            for (int i = first; i < first + count; i++) {
                begun.set(i, number);
            }
            // Sometimes in two halves, so that blocks are covered in part.
            int middle = random.nextBoolean() ? bytes.capacity() / 2 / Long.BYTES * Long.BYTES - 8 : 0;
            put(
                    pool,
                    image,
                    (long) first * BLOCK,
                    bytes.duplicate().limit(bytes.capacity()).position(middle),
                    middle);
            put(
                    pool,
                    image,
                    (long) first * BLOCK,
                    bytes.duplicate().limit(middle).position(0),
                    0);
            for (int i = first; i < first + count; i++) {
                acknowledged.set(i, number);
            }
        }
    }

    private static void put(FetchFixture pool, Image image, long base, ByteBuffer part, int at) throws PoolException {
        pool.fetcher.write(image, base + at, part, 1, pool.scheduler.deadlineAfter(Duration.ofSeconds(30)));
    }

    private void readAll(FetchFixture pool, Image image, Random random) throws PoolException {
        while (!done.get()) {
            int first = random.nextInt(BLOCKS);
            check(pool, image, first, Math.min(BLOCKS, first + 1 + random.nextInt(20)));
            reads.incrementAndGet();
        }
    }

    private void check(FetchFixture pool, Image image, int first, int end) throws PoolException {
        long[] oldest = new long[BLOCKS];
        for (int i = first; i < end; i++) {
            oldest[i] = acknowledged.get(i);
        }
        ByteBuffer bytes = ByteBuffer.allocate((end - first) * BLOCK);
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            stream.read((long) first * BLOCK, bytes);
        }
        bytes.flip();
        for (int i = first; i < end && bytes.hasRemaining(); i++) {
            long newest = begun.get(i);
            for (int word = 0; word < BLOCK / Long.BYTES && bytes.hasRemaining(); word++) {
                assertThat(bytes.getLong()).as("block " + i + ", word " + word).isBetween(oldest[i], newest);
            }
        }
    }

    private void evict(FetchFixture pool) throws PoolException {
        while (!done.get()) {
            long bytes = pool.budget.limitBytes() / 8 * 7;
            if (pool.budget.tryReserve(Budget.Use.CLEAN, bytes)) {
                pool.budget.release(Budget.Use.CLEAN, bytes);
            }
        }
    }

    private void commitAll(FetchFixture pool, Image image) throws PoolException {
        Random random = new Random(11);
        while (!done.get()) {
            if (random.nextInt(3) == 0) {
                Image.Seal ahead = image.sealRange(random.nextInt(BLOCKS) * (long) BLOCK, 30L * BLOCK);
                if (ahead != null) {
                    uploadAhead(pool, image, ahead);
                }
            }
            commit(pool, image);
        }
    }

    private void uploadAhead(FetchFixture pool, Image image, Image.Seal seal) throws PoolException {
        for (ByteRange range : seal.ranges()) {
            Sealed sealed = copy(pool, seal, range);
            try (Monitor.Hold hold = image.lock()) {
                pool.metadata.alter(writer -> {
                    writer.putPendingChunk(sealed.chunk());
                    for (ByteRange part : seal.unchanged(range)) {
                        Extent extent = sealed.extent().narrow(part.offset(), part.end());
                        writer.putPending(image.inode(), new PendingExtent(part, extent));
                    }
                });
                seal.uploaded(range);
            }
        }
        seal.failed();
    }

    private record Sealed(Chunk chunk, Extent extent) {}

    private static Sealed copy(FetchFixture pool, Image.Seal seal, ByteRange range) throws PoolException {
        byte[] bytes = new byte[(int) range.lengthBytes()];
        seal.read(range.offset(), ByteBuffer.wrap(bytes));
        seal.copied(range);
        Chunk chunk = pool.plant(0, bytes);
        return new Sealed(chunk, FetchFixture.extent(chunk, bytes, range.offset(), 0, bytes.length));
    }

    private void commit(FetchFixture pool, Image image) throws PoolException {
        Image.Seal seal;
        List<PendingExtent> pending;
        try (Monitor.Hold hold = image.lock()) {
            seal = image.seal();
            long size = seal.content().sizeBytes();
            pending = pool.metadata.change(writer -> {
                for (ByteRange range : seal.ranges()) {
                    writer.dropPending(image.inode(), range);
                }
                return writer.pendingExtents(image.inode(), 0, size);
            });
        } catch (PoolException e) {
            assertThat(e.reason()).isEqualTo(Reason.BUSY);
            return;
        }
        List<Sealed> pieces = new ArrayList<>();
        for (ByteRange range : seal.ranges()) {
            pieces.add(copy(pool, seal, range));
        }
        try (Monitor.Hold hold = image.lock()) {
            List<ByteRange> settled =
                    seal.unchanged(new ByteRange(0, seal.content().sizeBytes()));
            pool.metadata.alter(writer -> {
                List<Extent> put = new ArrayList<>();
                for (PendingExtent item : pending) {
                    Extent extent = item.extent();
                    if (extent != null) {
                        put.add(extent);
                        if (writer.chunk(extent.piece().chunk()) == null) {
                            writer.apply(new Op.AddChunk(
                                    writer.pendingChunk(extent.piece().chunk())));
                        }
                    }
                }
                for (Sealed piece : pieces) {
                    put.add(piece.extent());
                    writer.apply(new Op.AddChunk(piece.chunk()));
                }
                put.sort(Comparator.comparingLong(Extent::fileOffset));
                Image.Content content = seal.content();
                writer.apply(new Op.CommitContent(
                        image.inode(),
                        content.baseVersion(),
                        content.sizeBytes(),
                        1,
                        1,
                        null,
                        List.of(ByteRange.between(content.baseLimit(), content.sizeBytes())),
                        put));
                for (ByteRange range : settled) {
                    writer.dropPending(image.inode(), range);
                }
            });
            seal.committed(seal.content().baseVersion() + 1);
        }
        commits.incrementAndGet();
    }
}
