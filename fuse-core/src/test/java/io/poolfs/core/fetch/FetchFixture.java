package io.poolfs.core.fetch;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.ByteBudget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.ImageStore;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataFixture;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.RealScheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** A fetcher over metadata in memory, simulated remotes and images in a temporary directory. */
final class FetchFixture implements AutoCloseable {
    static final int KIB = 1 << 10;
    static final int MIB = 1 << 20;

    final RealScheduler scheduler = RealScheduler.create();
    final MetadataFixture fixture = new MetadataFixture();
    final Metadata metadata = fixture.metadata;
    final List<SimRemote> remotes = new ArrayList<>();
    final ByteBudget budget;
    final ImageStore images;
    final RangeFetcher fetcher;
    private final Random random = new Random(1);
    private long lastChunk = 1000;

    FetchFixture(Path dir, long budgetBytes, long readAheadBytes) throws PoolException {
        for (int i = 0; i < 3; i++) {
            remotes.add(new SimRemote("remote" + i, RealFiles.create(), scheduler));
        }
        budget = new ByteBudget(scheduler, budgetBytes);
        images = ImageStore.open(
                scheduler, RealFiles.create(), dir.resolve("images"), budget, new MetadataRecords(metadata));
        FetchSettings settings = new FetchSettings(readAheadBytes, 4, 16, Duration.ofMillis(200));
        fetcher = new RangeFetcher(
                scheduler, metadata, images, this::find, chunk -> chunk.id().hex(), settings);
    }

    private Remote find(RemoteId id) {
        int index = (int) id.low();
        return id.high() == 5 && index < remotes.size() ? new FixtureRemote(id, remotes.get(index)) : null;
    }

    private record FixtureRemote(RemoteId id, SimRemote remote) implements Remote {
        @Override
        public String name() {
            return remote.name();
        }

        @Override
        public RemoteStore store() {
            return remote;
        }

        @Override
        public RemoteStatus status() {
            throw new UnsupportedOperationException();
        }
    }

    static RemoteId remoteId(int index) {
        return new RemoteId(5, index);
    }

    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A chunk with these bytes on the remote; not in the metadata yet. */
    Chunk plant(int remote, byte[] bytes) {
        ChunkId id = new ChunkId(9, ++lastChunk);
        remotes.get(remote).bucket().plant(id.hex(), bytes);
        int[] crcs = new int[Chunk.blocks(bytes.length)];
        for (int i = 0; i < crcs.length; i++) {
            CRC32C crc = new CRC32C();
            int from = i * Chunk.BLOCK_BYTES;
            crc.update(bytes, from, Math.min(Chunk.BLOCK_BYTES, bytes.length - from));
            crcs[i] = (int) crc.getValue();
        }
        return new Chunk(id, remoteId(remote), bytes.length, 1, crcs);
    }

    /** The whole run of the chunk as one piece at the file offset. */
    static Extent extent(Chunk chunk, byte[] chunkBytes, long fileOffset, int from, int length) {
        return new Extent(fileOffset, length, new Piece(chunk.id(), from, length, hash(chunkBytes, from, length)), 0);
    }

    static Sha256 hash(byte[] bytes, int from, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, length);
            return Sha256.of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A committed file, cut into chunks that lie on the remotes in turn. */
    long file(String name, byte[] content, int chunkBytes) throws PoolException {
        long inode = fixture.file(Inode.ROOT, name);
        List<Chunk> chunks = new ArrayList<>();
        List<Extent> extents = new ArrayList<>();
        for (int at = 0; at < content.length; at += chunkBytes) {
            byte[] part = Arrays.copyOfRange(content, at, Math.min(content.length, at + chunkBytes));
            Chunk chunk = plant(chunks.size() % remotes.size(), part);
            chunks.add(chunk);
            extents.add(extent(chunk, part, at, 0, part.length));
        }
        commit(inode, 0, content.length, List.of(), chunks, extents);
        return inode;
    }

    void commit(long inode, long base, long size, List<ByteRange> drop, List<Chunk> chunks, List<Extent> put)
            throws PoolException {
        metadata.alter(writer -> {
            for (Chunk chunk : chunks) {
                writer.apply(new Op.AddChunk(chunk));
            }
            writer.apply(new Op.CommitContent(inode, base, size, 1, 1, null, drop, put));
        });
    }

    Image acquire(long inode) throws PoolException {
        return images.acquire(fixture.inode(inode));
    }

    static byte[] read(Fetcher.Stream stream, long offset, int length) throws PoolException {
        ByteBuffer dst = ByteBuffer.allocate(length);
        int count = stream.read(offset, dst);
        return Arrays.copyOf(dst.array(), count);
    }

    Set<String> expected() {
        return remotes.stream().flatMap(remote -> remote.expected().stream()).collect(Collectors.toSet());
    }

    long gets() {
        return remotes.stream().mapToLong(r -> r.count(SimRemote.Call.GET)).sum();
    }

    long usedBytes() {
        return budget.usedBytes(Budget.Use.CLEAN) + budget.usedBytes(Budget.Use.STAGED);
    }

    @Override
    public void close() throws PoolException {
        fetcher.close();
        images.close();
        fixture.close();
        scheduler.close();
    }
}
