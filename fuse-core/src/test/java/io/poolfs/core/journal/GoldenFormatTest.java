package io.poolfs.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.meta.CheckpointCodec;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.Transaction;
import io.poolfs.core.meta.TransactionCodec;
import io.poolfs.core.meta.TransactionLog;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.time.SimScheduler;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects that a version of poolfs with format 1 wrote are read, and what is written now says the same. Only the packing
 * may differ. With {@code -Dpoolfs.golden.write=true} the files are made anew: for a new kind of object, never to make
 * this test pass.
 */
class GoldenFormatTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "format1");
    private static final PoolId POOL = new PoolId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final OwnerId OWNER = new OwnerId(0x1112131415161718L, 0x191a1b1c1d1e1f20L);
    private static final NumberedName FOLDER = new NumberedName(3, OWNER);
    private static final RemoteId REMOTE = new RemoteId(0x2122232425262728L, 0x292a2b2c2d2e2f30L);
    private static final ChunkId IMPORTED = new ChunkId(0x4142434445464748L, 0x494a4b4c4d4e4f50L);
    private static final long NANOS = 1_795_000_000_123_456_789L;

    @TempDir
    Path temporary;

    private final LocalFiles files = RealFiles.create();
    private final SegmentCodec codec = new SegmentCodec(POOL);
    private byte[] first;
    private byte[] second;

    @BeforeEach
    void encode() throws Exception {
        first = codec.encode(3, OWNER, 2, NANOS, ChainPosition.START, lines(transaction(1), transaction(2)));
        byte[] kept = Files.exists(GOLDEN.resolve("segment-1.zst")) ? golden("segment-1.zst", first) : first;
        ChainPosition position = codec.decode(kept, FOLDER, 1, "segment-1").end();
        second = codec.encode(3, OWNER, 3, NANOS + 1, position, lines(transaction(3)));
    }

    @Test
    void segments_ofFormat1_areRead() throws Exception {
        Segment start = codec.decode(golden("segment-1.zst", first), FOLDER, 1, "segment-1");
        Segment next = codec.decode(golden("segment-3.zst", second), FOLDER, 3, "segment-3");

        assertThat(next.header().previous()).isEqualTo(start.end());
        assertThat(plain(golden("segment-1.zst", first))).isEqualTo(plain(first));
        assertThat(plain(golden("segment-3.zst", second))).isEqualTo(plain(second));
    }

    @Test
    void checkpoint_ofFormat1_isRead() throws Exception {
        SimScheduler scheduler = SimScheduler.ofSeed(1);
        Path made = temporary.resolve("checkpoint");
        ChainPosition position = codec.decode(golden("segment-3.zst", second), FOLDER, 3, "segment-3")
                .end();
        try (Metadata metadata = KeyValueMetadata.open(new MemoryStore(scheduler), new Unlogged(), scheduler.clock())) {
            for (long id = 1; id <= 3; id++) {
                metadata.replay(transaction(id));
            }
            CheckpointHeader header = new CheckpointHeader(POOL, 3, OWNER, NANOS + 2, position);
            metadata.look(snapshot ->
                    CheckpointFile.write(files, made, header, out -> CheckpointCodec.write(snapshot, out::take)));
        }
        byte[] kept = golden("checkpoint-3.zst", Files.readAllBytes(made));

        assertThat(plain(kept)).isEqualTo(plain(Files.readAllBytes(made)));
        Path copy = Files.write(temporary.resolve("copy"), kept);
        try (CheckpointReader reader = CheckpointReader.open(files, copy, POOL)) {
            MemoryStore store = new MemoryStore(scheduler);
            assertThat(CheckpointCodec.load(reader::next, store)).isEqualTo(3);
        }
    }

    @Test
    void importedChunks_ofFormat1_areRead() throws Exception {
        SimScheduler scheduler = SimScheduler.ofSeed(1);
        ChainPosition position = codec.decode(golden("segment-3.zst", second), FOLDER, 3, "segment-3")
                .end();
        byte[] third = codec.encode(3, OWNER, 5, NANOS + 3, position, lines(transaction(4), transaction(5)));
        Segment kept = codec.decode(golden("segment-4.zst", third), FOLDER, 4, "segment-4");
        assertThat(plain(golden("segment-4.zst", third))).isEqualTo(plain(third));

        Path made = temporary.resolve("checkpoint");
        try (Metadata metadata = KeyValueMetadata.open(new MemoryStore(scheduler), new Unlogged(), scheduler.clock())) {
            for (long id = 1; id <= 5; id++) {
                metadata.replay(transaction(id));
            }
            CheckpointHeader header = new CheckpointHeader(POOL, 3, OWNER, NANOS + 4, kept.end());
            metadata.look(snapshot ->
                    CheckpointFile.write(files, made, header, out -> CheckpointCodec.write(snapshot, out::take)));
            Chunk chunk = metadata.read(reader -> reader.chunk(IMPORTED));
            assertThat(chunk.path()).isEqualTo("old_data/caf\u00e9 1.mkv.chunk.000");
            assertThat(chunk.hasChecksums()).isFalse();
        }
        byte[] checkpoint = golden("checkpoint-5.zst", Files.readAllBytes(made));
        assertThat(plain(checkpoint)).isEqualTo(plain(Files.readAllBytes(made)));
        Path copy = Files.write(temporary.resolve("copy"), checkpoint);
        try (CheckpointReader reader = CheckpointReader.open(files, copy, POOL)) {
            MemoryStore store = new MemoryStore(scheduler);
            assertThat(CheckpointCodec.load(reader::next, store)).isEqualTo(5);
        }
    }

    @Test
    void epochObjects_ofFormat1_areRead() throws Exception {
        Claim claim = new Claim(POOL, 3, OWNER, new HostIdentity("host", "machine", "boot", 42), NANOS, null);
        assertThat(Claim.read(golden("claim.json", claim.bytes()), POOL, FOLDER, "claim"))
                .isEqualTo(claim);
        assertThat(golden("claim.json", claim.bytes())).isEqualTo(claim.bytes());

        byte[] marker = EpochNotice.marker(POOL, 3);
        assertThat(golden("marker.json", marker)).isEqualTo(marker);

        ChainPosition position = codec.decode(golden("segment-3.zst", second), FOLDER, 3, "segment-3")
                .end();
        byte[] base = EpochNotice.base(POOL, 3, OWNER, position);
        assertThat(golden("base.json", base)).isEqualTo(base);
        assertThat(EpochNotice.readBase(base, POOL, FOLDER, "base")).isEqualTo(position);

        byte[] released = EpochNotice.released(POOL, 3, OWNER, position, NANOS);
        assertThat(golden("released.json", released)).isEqualTo(released);
        assertThat(EpochNotice.readReleased(released, POOL, FOLDER, "released")).isEqualTo(position);
    }

    private static byte[] golden(String name, byte[] now) throws Exception {
        Path path = GOLDEN.resolve(name);
        if (Boolean.getBoolean("poolfs.golden.write") && !Files.exists(path)) {
            Files.createDirectories(GOLDEN);
            Files.write(path, now);
        }
        return Files.readAllBytes(path);
    }

    private static String plain(byte[] packed) throws PoolException {
        return new String(Zstds.start(packed, 1 << 20, "test"), StandardCharsets.UTF_8);
    }

    private static byte[] lines(Transaction... transactions) throws PoolException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Transaction transaction : transactions) {
            lines.writeBytes(TransactionCodec.encode(transaction));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    private static Transaction transaction(long id) throws PoolException {
        Op.Place place = new Op.Place(Inode.ROOT, FileName.of("caf\u00e9"));
        if (id == 1) {
            return new Transaction(
                    1,
                    NANOS,
                    List.of(
                            new Op.SetMembers(List.of(new Op.Member(REMOTE, "disk:", true)), 1),
                            new Op.SetAttributes(Inode.ROOT, 0755, 1000, 1000, NANOS, NANOS, NANOS)));
        }
        if (id == 2) {
            int mode = FileType.REGULAR.modeBits() | 0644;
            return new Transaction(
                    2, NANOS + 1, List.of(new Op.Create(place, 2, mode, 1000, 1000, 0, null, NANOS + 1, 0)));
        }
        if (id == 4) {
            int mode = FileType.REGULAR.modeBits() | 0644;
            Op.Place imported = new Op.Place(Inode.ROOT, FileName.of("film.mkv"));
            return new Transaction(
                    4,
                    NANOS + 3,
                    List.of(
                            new Op.Create(imported, 3, mode, 1000, 1000, 0, null, NANOS + 3, 0),
                            new Op.AddChunk(new Chunk(
                                    IMPORTED, REMOTE, 300, 0, new int[0], "old_data/caf\u00e9 1.mkv.chunk.000")),
                            new Op.CommitContent(
                                    3,
                                    0,
                                    300,
                                    NANOS,
                                    NANOS + 3,
                                    null,
                                    List.of(),
                                    List.of(new Extent(0, 300, new Piece(IMPORTED, 0, 300, null), 0)))));
        }
        if (id == 5) {
            // Its middle is punched out: what is left are parts of the piece.
            return new Transaction(
                    5,
                    NANOS + 4,
                    List.of(new Op.CommitContent(
                            3, 1, 300, NANOS, NANOS + 4, null, List.of(new ByteRange(100, 50)), List.of())));
        }
        ChunkId chunk = new ChunkId(0x3132333435363738L, 0x393a3b3c3d3e3f40L);
        Piece piece = new Piece(chunk, 10, 90, Sha256.of(new byte[Sha256.BYTES]));
        return new Transaction(
                3,
                NANOS + 2,
                List.of(
                        new Op.AddChunk(new Chunk(chunk, REMOTE, 100, 3, new int[] {0x12345678})),
                        new Op.CommitContent(
                                2, 0, 80, NANOS, NANOS + 2, null, List.of(), List.of(new Extent(0, 80, piece, 5)))));
    }

    /** Replay logs nothing. */
    private static final class Unlogged implements TransactionLog {
        @Override
        public void append(Transaction transaction) {
            throw new IllegalStateException("replay must not log");
        }

        @Override
        public void abort(long transactionId) {}
    }
}
