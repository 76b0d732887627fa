package io.poolfs.core.journal;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
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

    /**
     * What lies behind the first bytes, of a length that is known and bounded: no more memory than that is taken, whatever
     * it unpacks to. CORRUPT when it is no whole zstd frame or has another length.
     */
    static byte[] rest(byte[] packed, int behind, long length, String where) throws PoolException {
        try (InputStream in = open(new ByteArrayInputStream(packed))) {
            in.skipNBytes(behind);
            byte[] first = in.readNBytes((int) Math.min(STEP_BYTES, length));
            // A frame that does not have what is promised shall not cost its memory.
            byte[] rest = first.length < length && first.length == STEP_BYTES ? new byte[(int) length] : first;
            if (rest.length != first.length) {
                System.arraycopy(first, 0, rest, 0, first.length);
                int count = in.readNBytes(rest, first.length, rest.length - first.length);
                if (count < rest.length - first.length) {
                    throw new EOFException("it ends after " + (first.length + count) + " bytes of " + length);
                }
            }
            if (rest.length != length || in.read() >= 0) {
                throw new PoolException(Reason.CORRUPT, where + " does not unpack to " + length + " bytes of lines");
            }
            return rest;
        } catch (IOException e) {
            throw new PoolException(Reason.CORRUPT, where + " is not a whole zstd frame: " + e.getMessage(), e);
        }
    }
}
