package io.poolfs.core.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into lines of a bounded length. Used by one thread at a time. */
final class LineStream {
    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 << 10];
    private int position;
    private int limit;

    LineStream(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /**
     * The next line without its newline; null at the end.
     *
     * @throws IOException from the stream, for a line that is too long, and for a last one without newline
     */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        while (fill()) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (line.size() + (long) end - position > maxBytes) {
                throw new IOException("a line is longer than " + maxBytes + " bytes");
            }
            line.write(buffer, position, end - position);
            position = Math.min(limit, end + 1);
            if (end < limit) {
                return line.toByteArray();
            }
        }
        if (line.size() > 0) {
            throw new IOException("the last line has no end");
        }
        return null;
    }

    private boolean fill() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, in.read(buffer));
        }
        return position < limit;
    }
}
