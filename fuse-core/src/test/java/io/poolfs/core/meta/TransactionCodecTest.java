package io.poolfs.core.meta;

import static io.poolfs.core.meta.MetadataFixture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionCodecTest {
    private static final String GOLDEN = "/format1/transactions.jsonl";

    @Test
    void encode_everyOp_isTheGoldenFile() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (Transaction transaction : examples()) {
            lines.append(text(TransactionCodec.encode(transaction))).append('\n');
        }

        assertThat(lines.toString()).isEqualTo(golden());
    }

    @Test
    void decode_theGoldenFile_givesEveryOpBack() throws Exception {
        List<Transaction> examples = examples();
        List<String> lines = golden().lines().toList();
        assertThat(lines).hasSameSizeAs(examples);
        for (int i = 0; i < lines.size(); i++) {
            Transaction decoded = TransactionCodec.decode(utf8(lines.get(i)));
            assertThat(decoded.id()).isEqualTo(examples.get(i).id());
            assertThat(decoded.nanos()).isEqualTo(examples.get(i).nanos());
            assertThat(decoded.ops())
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(examples.get(i).ops());
        }
    }

    @Test
    void decode_anUnknownOpOrField_saysThatTheFormatIsNewer() {
        refused(Reason.NEWER_FORMAT, "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"teleport\",\"ino\":5}]}");
        refused(Reason.NEWER_FORMAT, "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"reap\",\"inos\":[5],\"x\":1}]}");
        refused(Reason.NEWER_FORMAT, "{\"tx\":1,\"t\":2,\"x\":3,\"ops\":[{\"op\":\"reap\",\"inos\":[5]}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"tx\":1}",
                "{\"tx\":0,\"t\":2,\"ops\":[{\"op\":\"reap\",\"inos\":[5]}]}",
                "{\"tx\":1.5,\"t\":2,\"ops\":[{\"op\":\"reap\",\"inos\":[5]}]}",
                "{\"tx\":99999999999999999999,\"t\":2,\"ops\":[{\"op\":\"reap\",\"inos\":[5]}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[]}",
                "{\"tx\":1,\"t\":2,\"ops\":[[[[[[[[[[[1]]]]]]]]]]]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"reap\",\"inos\":[5]}]} {}",
                "{\"tx\":1,\"t\":2,\"tx\":1,\"ops\":[{\"op\":\"reap\",\"inos\":[5]}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"reap\",\"inos\":[0]}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"reap\",\"inos\":[9007199254740993]}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":1,\"name\":\"a/b\",\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":1,\"name\":\"..\",\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":1,\"name\":\"\",\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":1,\"name\":\"\\ud800\",\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":1,\"name\":\"a\",\"name_b64\":\"YQ==\",\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":1,\"name_b64\":\"YQ\",\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":1,\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"unlink\",\"parent\":\"1\",\"name\":\"a\",\"t\":3}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"content\",\"ino\":5,\"base\":1,\"version\":3,\"size\":0,\"mtime\":1,\"ctime\":1}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"content\",\"ino\":5,\"base\":1,\"version\":2,\"size\":-1,\"mtime\":1,\"ctime\":1}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"content\",\"ino\":5,\"base\":1,\"version\":2,\"size\":1,\"mtime\":1,\"ctime\":1,\"drop\":[[9223372036854775807,1]]}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"chunk\",\"id\":\"00000000000000000000000000000001\",\"remote\":\"00000000000000000000000000000001\",\"size\":4611686018427387904,\"epoch\":1,\"crc32c\":\"\"}]}",
                "{\"tx\":1,\"t\":2,\"ops\":[{\"op\":\"chunk\",\"id\":\"00000000000000000000000000000001\",\"remote\":\"00000000000000000000000000000001\",\"size\":5,\"epoch\":1,\"crc32c\":\"ABCDEF01\"}]}",
            })
    void decode_nonsense_isCorrupt(String line) {
        refused(Reason.CORRUPT, line);
    }

    @Test
    void decode_mutatedLines_neverFailOtherwiseThanRefused() throws Exception {
        Random random = new Random(20261120);
        List<byte[]> lines = new ArrayList<>();
        for (Transaction transaction : examples()) {
            lines.add(TransactionCodec.encode(transaction));
        }
        int refused = 0;
        for (int round = 0; round < 40_000; round++) {
            byte[] line = mutate(random, lines);
            try {
                Transaction decoded = TransactionCodec.decode(line);
                assertThat(TransactionCodec.encode(decoded)).isNotEmpty();
            } catch (PoolException e) {
                assertThat(e.reason()).isIn(Reason.CORRUPT, Reason.NEWER_FORMAT);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(20_000);
    }

    /** Flips, cuts, doubles or splices. */
    static byte[] mutate(Random random, List<byte[]> lines) {
        byte[] line = lines.get(random.nextInt(lines.size())).clone();
        int at = random.nextInt(line.length);
        switch (random.nextInt(5)) {
            case 0 -> line[at] = (byte) random.nextInt(256);
            case 1 -> line[at] = (byte) "0123456789-{}[],:\"".charAt(random.nextInt(18));
            case 2 -> line = Arrays.copyOf(line, at);
            case 3 -> {
                int length = random.nextInt(Math.min(12, line.length - at) + 1);
                byte[] longer = new byte[line.length + length];
                System.arraycopy(line, 0, longer, 0, at + length);
                System.arraycopy(line, at, longer, at + length, line.length - at);
                line = longer;
            }
            default -> {
                byte[] other = lines.get(random.nextInt(lines.size()));
                int from = random.nextInt(other.length);
                byte[] spliced = Arrays.copyOf(line, at + other.length - from);
                System.arraycopy(other, from, spliced, at, other.length - from);
                line = spliced;
            }
        }
        return line;
    }

    /** One transaction for each op, with and without what is optional. */
    static List<Transaction> examples() throws PoolException {
        ChunkId chunk = new ChunkId(0x0123456789abcdefL, 0xfedcba9876543210L);
        RemoteId remote = new RemoteId(1, 2);
        byte[] hash = new byte[Sha256.BYTES];
        Arrays.fill(hash, (byte) 0xab);
        Extent whole = new Extent(0, 4096, new Piece(chunk, 0, 4096, Sha256.of(hash)), 0);
        Extent part = new Extent(1 << 20, 100, new Piece(chunk, 4096, 4096, Sha256.of(hash)), 300);
        long t = 1_795_000_000_123_456_789L;
        List<List<Op>> ops = List.of(
                List.of(new Op.Create(at(1, "file"), 2, 0100644, 1000, 1000, 0, null, t, 0)),
                List.of(new Op.Create(at(1, "link"), 3, 0120777, -2, 0, 0, utf8("../target"), t, 0)),
                List.of(new Op.Create(at(1, "null"), 4, 020666, 0, 0, 0x103, null, t, 0)),
                List.of(new Op.Create(at(1, "näme \"\\\n\u2603"), 5, 0100600, 0, 0, 0, null, -1, 2)),
                List.of(new Op.Create(
                        new Op.Place(1, FileName.of(new byte[] {(byte) 0xff, 'x'})), 6, 040755, 0, 0, 0, null, t, 0)),
                List.of(new Op.Link(2, at(6, "hard"), t, 0), new Op.Link(5, at(6, "soft"), t, 2)),
                List.of(new Op.Unlink(at(6, "hard"), t)),
                List.of(new Op.RemoveDirectory(at(1, "dir"), t)),
                List.of(new Op.Rename(at(1, "file"), at(6, "file"), t, false, 0)),
                List.of(new Op.Rename(at(1, "a"), at(1, "b"), t, true, 9)),
                List.of(new Op.SetAttributes(2, null, null, null, null, null, t)),
                List.of(new Op.SetAttributes(2, 04755, -1, 7, t - 1, -5L, t)),
                List.of(new Op.SetXattr(2, utf8("user.a"), new byte[] {0, 1, 2}, t)),
                List.of(new Op.SetXattr(2, utf8("user.a"), new byte[0], t)),
                List.of(new Op.SetXattr(2, utf8("user.a"), null, t)),
                List.of(
                        new Op.AddChunk(new Chunk(chunk, remote, Chunk.BLOCK_BYTES + 1, 3, new int[] {-1, 0x1234})),
                        new Op.CommitContent(
                                2,
                                4,
                                2 << 20,
                                t,
                                t + 1,
                                t + 2,
                                List.of(new ByteRange(0, 4096), new ByteRange(8192, 1)),
                                List.of(whole, part))),
                List.of(new Op.CommitContent(2, 0, 0, t, t, null, List.of(), List.of())),
                List.of(new Op.Reap(List.of(2L, 5L))),
                List.of(new Op.ForgetChunk(chunk)),
                List.of(new Op.Repoint(2, chunk, List.of(whole))),
                List.of(new Op.SetMembers(
                        List.of(
                                new Op.Member(remote, "crypt-mega1:", true),
                                new Op.Member(new RemoteId(3, 4), "disk:", false)),
                        1)),
                List.of(new Op.Restore(at(1, "file"), 5, 2, t)));
        List<Transaction> transactions = new ArrayList<>();
        for (List<Op> each : ops) {
            transactions.add(new Transaction(transactions.size() + 1, t, each));
        }
        return transactions;
    }

    private static void refused(Reason reason, String line) {
        assertThatThrownBy(() -> TransactionCodec.decode(utf8(line)))
                .isInstanceOfSatisfying(
                        PoolException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    private static String golden() throws IOException {
        try (InputStream in = TransactionCodecTest.class.getResourceAsStream(GOLDEN)) {
            return in == null ? "" : text(in.readAllBytes());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
