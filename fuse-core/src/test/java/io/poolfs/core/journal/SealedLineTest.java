package io.poolfs.core.journal;

import static io.poolfs.core.journal.Assert.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealedLineTest {
    private static final PoolId POOL = new PoolId(1, 2);
    private static final OwnerId OWNER = new OwnerId(3, 4);
    private static final NumberedName NAME = new NumberedName(7, OWNER);

    private final Claim claim = new Claim(POOL, 7, OWNER, new HostIdentity("h", "m", "b", 1), 99, "/state");

    @Test
    void read_whatWasWritten_isTheSame() throws Exception {
        assertThat(Claim.read(claim.bytes(), POOL, NAME, "here")).isEqualTo(claim);
    }

    @Test
    void read_anyBitFlipped_isCorrupt() {
        byte[] line = claim.bytes();
        for (int bit = 0; bit < line.length * 8; bit++) {
            byte[] damaged = line.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertFails(() -> Claim.read(damaged, POOL, NAME, "here"), Reason.CORRUPT);
        }
    }

    @Test
    void read_anyTruncation_isCorrupt() {
        byte[] line = claim.bytes();
        for (int size = 0; size < line.length; size++) {
            byte[] torn = Arrays.copyOf(line, size);
            assertFails(() -> Claim.read(torn, POOL, NAME, "here"), Reason.CORRUPT);
        }
    }

    @Test
    void read_anotherPoolEpochOrKind_isCorrupt() {
        byte[] line = claim.bytes();
        assertFails(() -> Claim.read(line, new PoolId(9, 9), NAME, "here"), Reason.CORRUPT, "belongs to pool");
        assertFails(() -> Claim.read(line, POOL, new NumberedName(8, OWNER), "here"), Reason.CORRUPT);
        assertFails(() -> EpochNotice.readBase(line, POOL, NAME, "here"), Reason.CORRUPT, "not a \"base\"");
    }

    @Test
    void read_newerFormat_saysSo() {
        byte[] newer = SealedLine.of(Fields.object().put("format", 2).put("kind", "claim"));
        assertThat(new String(newer, StandardCharsets.UTF_8)).startsWith("{\"format\":2,");
        assertFails(() -> Claim.read(newer, POOL, NAME, "here"), Reason.NEWER_FORMAT);
    }
}
