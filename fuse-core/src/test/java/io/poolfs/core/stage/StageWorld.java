package io.poolfs.core.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.ByteBudget;
import io.poolfs.core.cache.ContentRecords;
import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.ImageStore;
import io.poolfs.core.local.SimFiles;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.meta.RecordingLog;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.placement.Balance;
import io.poolfs.core.placement.PlacementRule;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.SimScheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A simulated machine with the real metadata, images and stager, simulated remotes, and what a file system would do
 * around them: a test writes like a program and reads what the remotes hold.
 */
final class StageWorld implements AutoCloseable {
    static final int KIB = 1 << 10;
    static final int BLOCK = Image.BLOCK_BYTES;
    static final Path CACHE = Path.of("/cache");
    static final Path SPILL = Path.of("/state/spill");

    final SimScheduler scheduler;
    final SimFiles files;
    final List<FakeRemote> remotes = new ArrayList<>();
    final ChunkObjects objects = new ChunkObjects("data");
    final MemoryStore store;
    final RecordingLog journal = new RecordingLog();
    long budgetBytes = 2048 * KIB;
    StageSettings settings = new StageSettings(
            CACHE.resolve("chunks"),
            "data",
            64 * KIB,
            32 * KIB,
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofSeconds(15),
            new PlacementRule(Balance.LEAST_USED, 64 * KIB, false));

    Metadata metadata;
    ByteBudget budget;
    ImageStore images;
    FakeShippedLog log;
    WriteBackStager stager;
    Spill spill;

    StageWorld(long seed, int remoteCount) throws PoolException {
        scheduler = SimScheduler.ofSeed(seed);
        files = new SimFiles(scheduler);
        files.mount(CACHE, 1L << 30, true);
        files.mount(Path.of("/state"), 1L << 30, false);
        store = new MemoryStore(scheduler);
        for (int i = 1; i <= remoteCount; i++) {
            SimBucket bucket = new SimBucket("r" + i);
            bucket.faults().latency(Duration.ofMillis(20), Duration.ofMillis(200));
            remotes.add(new FakeRemote(i, new SimRemote(bucket, files, scheduler, Duration.ofSeconds(30))));
        }
    }

    /** Opens metadata and images; the stager does not work yet. */
    void open() throws PoolException {
        metadata = KeyValueMetadata.open(store, journal, scheduler.clock());
        budget = new ByteBudget(scheduler, budgetBytes);
        images = ImageStore.open(scheduler, files, CACHE.resolve("images"), budget, records());
        log = new FakeShippedLog(metadata::lastTransaction);
        stager = new WriteBackStager(
                scheduler, metadata, images, log, files, () -> List.<Remote>copyOf(remotes), settings);
        spill = new Spill(scheduler, files, SPILL, metadata, log, stager::isSealed);
        spill.open();
    }

    void start() throws PoolException {
        open();
        stager.start();
    }

    SimScheduler.Outcome run(Action action) throws PoolException {
        return scheduler.run("test", action);
    }

    @Override
    public void close() {
        scheduler.close();
    }

    // ---- what a file system does

    long create(String name) throws PoolException {
        return metadata.change(writer -> {
            long inode = writer.nextInode();
            writer.apply(new Op.Create(
                    new Op.Place(Inode.ROOT, FileName.of(name)),
                    inode,
                    FileType.REGULAR.modeBits() | 0644,
                    1,
                    1,
                    0,
                    null,
                    writer.nanos(),
                    0));
            return inode;
        });
    }

    void unlink(long inode, String name) throws PoolException {
        metadata.alter(
                writer -> writer.apply(new Op.Unlink(new Op.Place(Inode.ROOT, FileName.of(name)), writer.nanos())));
        stager.forget(inode);
        images.forget(inode);
    }

    Image acquire(long inode) throws PoolException {
        return images.acquire(inode(inode));
    }

    /** Opens, writes, closes. */
    void put(long inode, long offset, byte[] bytes) throws PoolException {
        Image image = acquire(inode);
        try {
            write(image, offset, bytes);
        } finally {
            images.release(image);
        }
        stager.closed(inode);
    }

    void write(Image image, long offset, byte[] bytes) throws PoolException {
        ByteBuffer src = ByteBuffer.wrap(bytes);
        while (true) {
            long at = offset + src.position();
            for (ByteRange edge : image.edges(at, src.remaining())) {
                fetch(image, edge);
            }
            try {
                image.write(at, src, now(), deadline(60));
                stager.modified(image);
                return;
            } catch (PoolException e) {
                if (e.reason() != Reason.STALE) {
                    throw e;
                }
            }
        }
    }

    void truncate(Image image, long size) throws PoolException {
        image.truncate(size, now(), false);
        stager.modified(image);
    }

    void punch(Image image, long offset, long length) throws PoolException {
        image.punch(offset, length, now());
        stager.modified(image);
    }

    long now() {
        return scheduler.clock().wallNanos();
    }

    long deadline(int seconds) {
        return scheduler.deadlineAfter(Duration.ofSeconds(seconds));
    }

    // ---- what a reader sees

    /** The content as the user sees it: image, else pending, else committed, else zeros. */
    byte[] view(long inode) throws PoolException {
        Image image = acquire(inode);
        try {
            byte[] seen = new byte[(int) image.content().sizeBytes()];
            int at = 0;
            while (at < seen.length) {
                ByteBuffer dst = ByteBuffer.wrap(seen, at, seen.length - at);
                int length = image.read(at, dst);
                at += length;
                if (length == 0) {
                    int end = Math.min(seen.length, at - at % BLOCK + BLOCK);
                    byte[] below = beneath(image, at, end);
                    if (below != null) {
                        System.arraycopy(below, 0, seen, at, end - at);
                        at = end;
                    }
                }
            }
            return seen;
        } finally {
            images.release(image);
        }
    }

    private void fetch(Image image, ByteRange range) throws PoolException {
        try (Image.Landing landing = image.land(range.offset(), range.lengthBytes())) {
            for (ByteRange wanted : landing.wanted()) {
                byte[] bytes = beneath(image, wanted.offset(), wanted.end());
                if (bytes != null) {
                    long cost = landing.costBytes(bytes.length);
                    budget.reserve(Budget.Use.CLEAN, cost, deadline(60));
                    landing.install(wanted.offset(), ByteBuffer.wrap(bytes), cost);
                }
            }
        }
    }

    /** What the metadata has of the range; null when the image stands on a newer version: to be asked again. */
    private byte[] beneath(Image image, long start, long end) throws PoolException {
        byte[] bytes = new byte[(int) (end - start)];
        boolean current = metadata.read(reader -> {
            Inode inode = reader.requireInode(image.inode());
            var limit = image.baseLimit(inode.version());
            if (limit.isEmpty()) {
                return false;
            }
            for (Extent extent : reader.extents(image.inode(), start, Math.min(end, limit.getAsLong()))) {
                copy(reader.chunk(extent.piece().chunk()), extent, start, Math.min(end, limit.getAsLong()), bytes);
            }
            for (PendingExtent pending : reader.pendingExtents(image.inode(), start, end)) {
                ByteRange part = pending.fileRange().intersect(ByteRange.between(start, end));
                if (pending.extent() == null) {
                    Arrays.fill(bytes, (int) (part.offset() - start), (int) (part.end() - start), (byte) 0);
                } else {
                    Extent extent = pending.extent().narrow(part.offset(), part.end());
                    Chunk chunk = reader.pendingChunk(extent.piece().chunk());
                    copy(chunk == null ? reader.chunk(extent.piece().chunk()) : chunk, extent, start, end, bytes);
                }
            }
            return true;
        });
        return current ? bytes : null;
    }

    private void copy(Chunk chunk, Extent extent, long start, long end, byte[] into) {
        if (extent.fileOffset() >= end || extent.fileEnd() <= start) {
            return;
        }
        Extent part = extent.narrow(start, end);
        byte[] object = object(chunk);
        System.arraycopy(
                object, (int) part.chunkOffset(), into, (int) (part.fileOffset() - start), (int) part.lengthBytes());
    }

    /** What a new machine would read: committed extents only, hashes and checksums verified. */
    byte[] committed(long inode) throws PoolException {
        return metadata.read(reader -> {
            byte[] bytes = new byte[(int) reader.requireInode(inode).sizeBytes()];
            for (Extent extent : reader.extents(inode, 0, Long.MAX_VALUE)) {
                Chunk chunk = reader.chunk(extent.piece().chunk());
                assertThat(chunk).as("chunk of %s", extent).isNotNull();
                byte[] object = object(chunk);
                verify(chunk, object);
                int from = (int) extent.piece().offset();
                byte[] piece = Arrays.copyOfRange(
                        object, from, from + (int) extent.piece().lengthBytes());
                assertThat(sha256(piece)).isEqualTo(extent.piece().hash());
                copy(chunk, extent, 0, bytes.length, bytes);
            }
            return bytes;
        });
    }

    private byte[] object(Chunk chunk) {
        FakeRemote remote = remote(chunk.remote());
        byte[] object = remote.sim.bucket().bytes(objects.nameOf(chunk.id()));
        assertThat(object)
                .as("object of chunk %s on %s", chunk.id(), remote.name())
                .isNotNull();
        assertThat((long) object.length).isEqualTo(chunk.sizeBytes());
        return object;
    }

    private static void verify(Chunk chunk, byte[] object) {
        for (int i = 0; i < chunk.crc32c().length; i++) {
            CRC32C crc = new CRC32C();
            int from = i * Chunk.BLOCK_BYTES;
            crc.update(object, from, Math.min(Chunk.BLOCK_BYTES, object.length - from));
            assertThat((int) crc.getValue()).isEqualTo(chunk.crc32c()[i]);
        }
    }

    FakeRemote remote(RemoteId id) {
        return remotes.stream().filter(r -> r.id().equals(id)).findFirst().orElseThrow();
    }

    Inode inode(long number) throws PoolException {
        return metadata.read(reader -> reader.requireInode(number));
    }

    long objectCount() {
        return remotes.stream().mapToLong(r -> r.sim.bucket().names().size()).sum();
    }

    /** Nothing staged, nothing reserved that is not explained, no chunk file left. */
    void assertIdle() throws PoolException {
        assertThat(images.modified()).isEmpty();
        assertThat(files.list(CACHE.resolve("chunks"))).isEmpty();
        assertThat(stager.status().modifiedFiles()).isZero();
        assertThat(stager.status().stagedBytes()).isZero();
        assertThat(stager.status().uploadsInProgress()).isZero();
        metadata.look(reader -> reader.pendingExtents(pending -> {
            throw new AssertionError("still pending: " + pending);
        }));
    }

    /** What a power loss takes of the metadata: all that is not in the journal. */
    void forgetLocalState() throws PoolException {
        metadata = KeyValueMetadata.open(store, journal, scheduler.clock());
        metadata.alter(writer -> {
            List<MetadataReader.Pending> extents = new ArrayList<>();
            List<Chunk> chunks = new ArrayList<>();
            writer.pendingExtents(extents::add);
            writer.pendingChunks(chunks::add);
            for (MetadataReader.Pending extent : extents) {
                writer.dropPending(extent.inode(), extent.extent().fileRange());
            }
            for (Chunk chunk : chunks) {
                writer.dropPendingChunk(chunk.id());
            }
        });
    }

    private ContentRecords records() {
        return new ContentRecords() {
            @Override
            public Inode inode(long number) throws PoolException {
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

    private static Sha256 sha256(byte[] bytes) {
        try {
            return Sha256.of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
