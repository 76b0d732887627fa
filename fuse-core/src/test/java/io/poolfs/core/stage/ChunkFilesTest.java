package io.poolfs.core.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.time.RealScheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkFilesTest {
    private final RealScheduler scheduler = RealScheduler.create();
    private final FakeBudget budget = new FakeBudget(100L << 20);
    private final ChunkRoom room = new ChunkRoom(scheduler, budget, 16L << 20);

    @TempDir
    Path directory;

    private ChunkFiles files;

    @BeforeEach
    void open() throws PoolException {
        files = new ChunkFiles(RealFiles.create(), directory.resolve("chunks"), scheduler.random());
        files.open();
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void write_manyPieces_areWholeHashedAndChecksummed() throws Exception {
        Random random = new Random(7);
        List<Stages.Bytes> sources = new ArrayList<>();
        List<Slice> slices = new ArrayList<>();
        long total = 0;
        for (int length : new int[] {1, 4096, Chunk.BLOCK_BYTES - 4097, 1, 3 * Chunk.BLOCK_BYTES + 17, 5000}) {
            byte[] bytes = new byte[length + 100];
            random.nextBytes(bytes);
            Stages.Bytes source = new Stages.Bytes(bytes);
            sources.add(source);
            slices.add(source.slice(100, length));
            total += length;
        }
        ChunkFile file = files.write(slices, room.take(total, () -> false));

        byte[] written = Files.readAllBytes(file.path());
        assertThat(written).hasSize((int) total);
        assertThat(file.sizeBytes()).isEqualTo(total);
        assertThat(file.pieces()).hasSize(slices.size());
        for (CutPiece piece : file.pieces()) {
            byte[] expected =
                    Arrays.copyOfRange(((Stages.Bytes) piece.source()).bytes, 100, 100 + (int) piece.lengthBytes());
            int at = (int) piece.chunkOffset();
            assertThat(Arrays.copyOfRange(written, at, at + expected.length)).isEqualTo(expected);
            assertThat(piece.hash()).isEqualTo(sha256(expected));
        }
        assertThat(file.crc32c()).isEqualTo(checksums(written));
        for (int i = 0; i < slices.size(); i++) {
            long copied = sources.get(i).copied.stream()
                    .mapToLong(r -> r.lengthBytes())
                    .sum();
            assertThat(copied).isEqualTo(slices.get(i).fileRange().lengthBytes());
        }
        files.delete(file);
        assertThat(file.path()).doesNotExist();
        assertThat(budget.usedBytes(Budget.Use.STAGED)).isZero();
    }

    @Test
    void write_sourceCutOffMeanwhile_leavesItOutAndKeepsTheOthers() throws Exception {
        Stages.Bytes good = new Stages.Bytes(new byte[5000]);
        Arrays.fill(good.bytes, (byte) 5);
        Stages.Bytes cut = new Stages.Bytes(new byte[3 * Chunk.BLOCK_BYTES]);
        cut.staleFrom = Chunk.BLOCK_BYTES + 10;
        Stages.Bytes after = new Stages.Bytes(new byte[6000]);
        Arrays.fill(after.bytes, (byte) 6);
        List<Slice> slices =
                List.of(good.slice(0, 5000), cut.slice(0, cut.bytes.length), after.slice(0, 6000), cut.slice(0, 10));

        ChunkFile file = files.write(slices, room.take(10L << 20, () -> false));

        assertThat(file.lost()).containsExactly(cut);
        assertThat(file.pieces()).extracting(CutPiece::source).containsExactly(good, after);
        byte[] written = Files.readAllBytes(file.path());
        CutPiece last = file.pieces().get(1);
        int at = (int) last.chunkOffset();
        assertThat(Arrays.copyOfRange(written, at, at + 6000)).isEqualTo(after.bytes);
        assertThat(last.hash()).isEqualTo(sha256(after.bytes));
        assertThat(file.crc32c()).isEqualTo(checksums(written));
    }

    @Test
    void write_failsOnTheLocalSide_leavesNothing() throws Exception {
        PieceSource broken = new Stages.Bytes(new byte[10]) {
            @Override
            public void read(long fileOffset, ByteBuffer dst) throws PoolException {
                throw new PoolException(Reason.LOCAL_IO, "broken");
            }
        };
        ChunkRoom.Share share = room.take(10, () -> false);
        assertThatThrownBy(() -> files.write(List.of(new Slice(broken, new ByteRange(0, 10))), share))
                .hasMessage("broken");
        assertThat(directory.resolve("chunks")).isEmptyDirectory();
        assertThat(room.takenBytes()).isZero();
    }

    @Test
    void open_leftoversOfAnEarlierProcess_areDeleted() throws IOException, PoolException {
        Files.write(directory.resolve("chunks").resolve("0123"), new byte[10]);
        files.open();
        assertThat(directory.resolve("chunks")).isEmptyDirectory();
    }

    private static Sha256 sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return Sha256.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static int[] checksums(byte[] bytes) {
        int[] sums = new int[Chunk.blocks(bytes.length)];
        for (int i = 0; i < sums.length; i++) {
            CRC32C crc = new CRC32C();
            int from = i * Chunk.BLOCK_BYTES;
            crc.update(bytes, from, Math.min(Chunk.BLOCK_BYTES, bytes.length - from));
            sums[i] = (int) crc.getValue();
        }
        return sums;
    }
}
