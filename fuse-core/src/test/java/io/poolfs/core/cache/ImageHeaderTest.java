package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ImageHeaderTest {
    private static final ImageHeader HEADER =
            new ImageHeader(77, 3, 1000, 900, 11, 12, 13L, true, 4, 800, true, ImageHeader.Loan.SUSPECT, 5, 9);

    @Test
    void read_whatWasWritten_isEqual() {
        assertThat(ImageHeader.read(77, written(HEADER))).isEqualTo(HEADER);
        ImageHeader plain = new ImageHeader(77, 0, 0, 0, 0, 0, null, false, 0, 0, false, ImageHeader.Loan.NONE, 0, 0);
        assertThat(ImageHeader.read(77, written(plain))).isEqualTo(plain);
    }

    @Test
    void read_anyBitFlipped_isNoHeader() {
        for (int bit = 0; bit < ImageHeader.BYTES * 8; bit++) {
            ByteBuffer bytes = written(HEADER);
            bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ (1 << (bit % 8))));
            assertThat(ImageHeader.read(77, bytes)).as("bit " + bit).isNull();
        }
    }

    @Test
    void read_ofAnotherInode_isNoHeader() {
        assertThat(ImageHeader.read(78, written(HEADER))).isNull();
    }

    @Test
    void read_tooShort_isNoHeader() {
        ByteBuffer bytes = written(HEADER);
        bytes.limit(ImageHeader.BYTES - 1);
        assertThat(ImageHeader.read(77, bytes)).isNull();
        assertThat(ImageHeader.read(77, ByteBuffer.allocate(0))).isNull();
    }

    private static ByteBuffer written(ImageHeader header) {
        ByteBuffer bytes = ByteBuffer.allocate(ImageHeader.BYTES);
        header.write(bytes);
        return bytes.flip();
    }
}
