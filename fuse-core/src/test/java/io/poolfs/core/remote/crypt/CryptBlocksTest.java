package io.poolfs.core.remote.crypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CryptBlocksTest {
    private static final CryptKey KEY = CryptKey.derive("pass-one", "salt-two");
    private static final int BLOCK = CryptLayout.BLOCK_BYTES;

    private final CryptBlocks blocks = new CryptBlocks(KEY);
    private final byte[] nonce = new byte[CryptNonce.BYTES];
    private final byte[] plain = new byte[3 * BLOCK + 1000];

    CryptBlocksTest() {
        Random random = new Random(1);
        random.nextBytes(nonce);
        random.nextBytes(plain);
        // The numbers of the blocks carry over into the bytes behind.
        Arrays.fill(nonce, 0, 9, (byte) 0xff);
    }

    /** What rclone 1.60 made of the text. */
    @Test
    void open_objectOfRclone_isItsText() throws Exception {
        assertThat(text(KEY, "UkNMT05FAACOd5f4OOLafLGZJy0gZESudsXMaD3aHXjlRfs5YYbwOkdaMN7VUWdib3/1fn1qanvPYw=="))
                .isEqualTo("plain text");
        assertThat(text(
                        CryptKey.derive("pass-one", ""),
                        "UkNMT05FAAAzOxMaDw/9IXPD/jbVvVvpJtUSmwUyLOSUQ2c35c2jG9yeOKc79DD14zNDdOdeLOk4hQ=="))
                .isEqualTo("plain text");
    }

    private static String text(CryptKey key, String object) throws PoolException {
        ByteBuffer sealed = ByteBuffer.wrap(Base64.getDecoder().decode(object));
        byte[] header = new byte[CryptLayout.HEADER_BYTES];
        sealed.get(header);
        ByteBuffer dst = ByteBuffer.allocate(10);
        new CryptBlocks(key).open(CryptNonce.ofHeader(header), 0, sealed, 0, dst);
        return new String(dst.array(), StandardCharsets.UTF_8);
    }

    @Test
    void reveal_obscuredByRclone_isThePassword() throws PoolException {
        assertThat(ObscuredText.reveal("o76wxIEgYrk8Bc9-BsYDMxWimQX4_Dhd")).isEqualTo("pass-one");
        fails(Reason.CONFIG, () -> ObscuredText.reveal("not obscured!"));
        fails(Reason.CONFIG, () -> ObscuredText.reveal("abcd"));
    }

    @Test
    void open_parts_areExact() throws Exception {
        byte[] object = CryptWriter.seal(KEY, nonce, plain);
        for (int[] range : new int[][] {
            {0, 1}, {0, plain.length}, {BLOCK - 1, 2}, {2 * BLOCK, BLOCK}, {3 * BLOCK, 1000}, {plain.length - 1, 1}
        }) {
            ByteBuffer dst = ByteBuffer.allocateDirect(range[1]);
            open(object, range[0], dst);
            byte[] found = new byte[range[1]];
            dst.flip().get(found);
            assertThat(found).isEqualTo(Arrays.copyOfRange(plain, range[0], range[0] + range[1]));
        }
    }

    @Test
    void open_changedByte_isCorrupt() throws Exception {
        byte[] object = CryptWriter.seal(KEY, nonce, plain);
        for (long at : new long[] {CryptLayout.position(1), CryptLayout.position(1) + 500, object.length - 1}) {
            byte[] damaged = object.clone();
            damaged[(int) at]++;
            fails(Reason.CORRUPT, () -> open(damaged, 0, ByteBuffer.allocate(plain.length)));
        }
        // Whole blocks in another order are authentic each, but not in their places.
        byte[] swapped = object.clone();
        int first = (int) CryptLayout.position(0);
        System.arraycopy(object, first, swapped, (int) CryptLayout.position(1), CryptLayout.SEALED_BLOCK_BYTES);
        fails(Reason.CORRUPT, () -> open(swapped, BLOCK, ByteBuffer.allocate(10)));
    }

    @Test
    void open_tooShort_isCorrupt() throws Exception {
        byte[] object = CryptWriter.seal(KEY, nonce, plain);
        fails(Reason.CORRUPT, () -> open(object, plain.length - 10, ByteBuffer.allocate(11)));
        byte[] cut = Arrays.copyOf(object, (int) CryptLayout.position(2));
        fails(Reason.CORRUPT, () -> open(cut, BLOCK, ByteBuffer.allocate(BLOCK + 1)));
    }

    @Test
    void ofHeader_somethingElse_isCorrupt() {
        fails(Reason.CORRUPT, () -> CryptNonce.ofHeader(new byte[40]));
        fails(Reason.CORRUPT, () -> CryptNonce.ofHeader("RCLONE".getBytes(StandardCharsets.US_ASCII)));
    }

    private void open(byte[] object, long offset, ByteBuffer dst) throws PoolException {
        long first = CryptLayout.block(offset);
        int position = (int) CryptLayout.position(first);
        ByteBuffer sealed = ByteBuffer.wrap(object, position, object.length - position);
        blocks.open(CryptNonce.ofHeader(object), first, sealed, offset, dst);
    }

    private static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
