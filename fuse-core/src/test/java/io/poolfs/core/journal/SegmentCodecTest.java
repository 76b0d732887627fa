package io.poolfs.core.journal;

import static io.poolfs.core.journal.Assert.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentCodecTest {
    private static final PoolId POOL = new PoolId(1, 2);
    private static final OwnerId OWNER = new OwnerId(3, 4);
    private static final NumberedName FOLDER = new NumberedName(5, OWNER);
    private static final byte[] LINES = "{\"tx\":1}\n{\"tx\":2}\n".getBytes(StandardCharsets.UTF_8);

    private final SegmentCodec codec = new SegmentCodec(POOL);

    @Test
    void decode_whatWasEncoded_isTheSame() throws Exception {
        byte[] object = codec.encode(5, OWNER, 2, 77, ChainPosition.START, LINES);

        Segment segment = codec.decode(object, FOLDER, 1, "here");
        assertThat(segment.lines()).isEqualTo(LINES);
        assertThat(segment.header().previous()).isEqualTo(ChainPosition.START);
        assertThat(segment.header().nanos()).isEqualTo(77);
        assertThat(codec.decodeHeader(object, FOLDER, 1, "here")).isEqualTo(segment.header());
        List<String> lines = new ArrayList<>();
        segment.forEachLine((id, line) -> lines.add(id + new String(line, StandardCharsets.UTF_8)));
        assertThat(lines).containsExactly("1{\"tx\":1}", "2{\"tx\":2}");
    }

    @Test
    void decode_successor_namesItsPredecessor() throws Exception {
        Segment first = codec.decode(codec.encode(5, OWNER, 2, 77, ChainPosition.START, LINES), FOLDER, 1, "here");
        byte[] next = "{\"tx\":3}\n".getBytes(StandardCharsets.UTF_8);

        Segment second = codec.decode(codec.encode(6, OWNER, 3, 78, first.end(), next), "here");
        assertThat(second.header().first()).isEqualTo(3);
        assertThat(second.header().previous()).isEqualTo(first.end());
    }

    @Test
    void decode_underAnotherName_isCorrupt() {
        byte[] object = codec.encode(5, OWNER, 2, 77, ChainPosition.START, LINES);

        assertFails(() -> codec.decode(object, FOLDER, 2, "here"), Reason.CORRUPT);
        assertFails(() -> codec.decode(object, new NumberedName(6, OWNER), 1, "here"), Reason.CORRUPT);
        assertFails(() -> new SegmentCodec(new PoolId(9, 9)).decode(object, FOLDER, 1, "here"), Reason.CORRUPT);
    }

    @Test
    void decode_everyTruncation_isCorrupt() {
        byte[] object = codec.encode(5, OWNER, 2, 77, ChainPosition.START, LINES);
        for (int size = 0; size < object.length; size++) {
            byte[] torn = Arrays.copyOf(object, size);
            assertFails(() -> codec.decode(torn, FOLDER, 1, "here"), Reason.CORRUPT);
        }
    }

    @Test
    void decode_everyFlippedBit_isCorruptOrUnchanged() throws Exception {
        byte[] object = codec.encode(5, OWNER, 2, 77, ChainPosition.START, LINES);
        Segment whole = codec.decode(object, FOLDER, 1, "here");
        for (int bit = 0; bit < object.length * 8; bit++) {
            byte[] damaged = object.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                Segment read = codec.decode(damaged, FOLDER, 1, "here");
                // A bit of the frame that means nothing: the object's own hash still tells.
                assertThat(read.lines()).isEqualTo(LINES);
                assertThat(read.sha256()).isNotEqualTo(whole.sha256());
            } catch (PoolException e) {
                assertThat(e.reason()).isIn(Reason.CORRUPT, Reason.NEWER_FORMAT);
            }
        }
    }

    @Test
    void decode_randomBytes_isCorrupt() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] junk = new byte[random.nextInt(300)];
            random.nextBytes(junk);
            assertFails(() -> codec.decode(junk, FOLDER, 1, "here"), Reason.CORRUPT);
            byte[] packed = Zstd.compress(junk);
            assertFails(() -> codec.decode(packed, FOLDER, 1, "here"), Reason.CORRUPT);
        }
    }

    @Test
    void decode_bomb_isCorruptWithoutUnpackingIt() {
        byte[] bomb = Zstd.compress(new byte[256 << 20]);
        assertThat(bomb.length).isLessThan(1 << 20);

        assertFails(() -> codec.decode(bomb, FOLDER, 1, "here"), Reason.CORRUPT);
    }

    @Test
    void decode_newerFormat_saysSo() {
        byte[] header = "{\"format\":2,\"kind\":\"segment\"}\n".getBytes(StandardCharsets.UTF_8);

        assertFails(() -> codec.decode(Zstd.compress(header), FOLDER, 1, "here"), Reason.NEWER_FORMAT);
    }

    @Test
    void decode_wrongCounts_areCorrupt() {
        assertFails(
                () -> codec.decode(codec.encode(5, OWNER, 3, 77, ChainPosition.START, LINES), "here"), Reason.CORRUPT);
        byte[] noEnd = "{\"tx\":1}\n{\"tx\":2}".getBytes(StandardCharsets.UTF_8);
        assertFails(
                () -> codec.decode(codec.encode(5, OWNER, 2, 77, ChainPosition.START, noEnd), "here"), Reason.CORRUPT);
    }
}
