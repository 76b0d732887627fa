package io.poolfs.core.journal;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Decompression of bytes that may be hostile: what a frame says of its size is not believed. */
final class Zstds {
    /** Largest window a frame may ask for: 16 MiB. Ours need 2 MiB. */
    private static final int MAX_WINDOW_LOG = 24;

    private static final int STEP_BYTES = 64 << 10;

    private Zstds() {}

    static InputStream open(InputStream packed) throws IOException {
        return new ZstdInputStreamNoFinalizer(packed).setLongMax(MAX_WINDOW_LOG);
    }

    /** Its first bytes, at most {@code maxBytes}. */
    static byte[] start(byte[] packed, int maxBytes, String where) throws PoolException {
        try (InputStream in = open(new ByteArrayInputStream(packed))) {
            return in.readNBytes(maxBytes);
        } catch (IOException e) {
            throw new PoolException(Reason.CORRUPT, where + " is not a zstd frame: " + e.getMessage(), e);
        }
    }

    /** All of it; CORRUPT when it is no whole zstd frame or larger than {@code maxBytes}. */
    static byte[] decompress(byte[] packed, int maxBytes, String where) throws PoolException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream(Math.min(maxBytes, 4 * packed.length + STEP_BYTES));
        try (InputStream in = open(new ByteArrayInputStream(packed))) {
            byte[] step = new byte[STEP_BYTES];
            for (int n = in.read(step); n >= 0; n = in.read(step)) {
                if (plain.size() + n > maxBytes) {
                    throw new PoolException(Reason.CORRUPT, where + " unpacks to more than " + maxBytes + " bytes");
                }
                plain.write(step, 0, n);
            }
        } catch (IOException e) {
            throw new PoolException(Reason.CORRUPT, where + " is not a whole zstd frame: " + e.getMessage(), e);
        }
        return plain.toByteArray();
    }
}
