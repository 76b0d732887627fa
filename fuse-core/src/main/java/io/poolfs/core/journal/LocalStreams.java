package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Local files as streams, for codecs that want such. The file stays the caller's. */
final class LocalStreams {
    private static final int BUFFER_BYTES = 256 << 10;

    private LocalStreams() {}

    /** A stream that reads the file from its start. */
    static InputStream input(LocalFile file) {
        return new Input(file);
    }

    /** A stream that writes the file from its start; {@code flush} brings everything to the file. */
    static OutputStream output(LocalFile file) {
        return new Output(file);
    }

    /** The error of ours that a stream wrapped, or the given reason for one that is its own. */
    static PoolException unwrap(IOException e, Reason reason, String what) {
        return e.getCause() instanceof PoolException ours
                ? ours
                : new PoolException(reason, what + ": " + e.getMessage(), e);
    }

    private static final class Input extends InputStream {
        private final LocalFile file;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
        private long offset;

        Input(LocalFile file) {
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            return fill() ? buffer.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] dst, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(dst, from, count);
            return count;
        }

        private boolean fill() throws IOException {
            if (!buffer.hasRemaining()) {
                buffer.clear();
                try {
                    int count = file.read(offset, buffer);
                    offset += count;
                    buffer.position(0).limit(count);
                } catch (PoolException e) {
                    buffer.limit(0);
                    throw new IOException(e);
                }
            }
            return buffer.hasRemaining();
        }
    }

    private static final class Output extends OutputStream {
        private final LocalFile file;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private long offset;

        Output(LocalFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.put((byte) b);
        }

        @Override
        public void write(byte[] src, int from, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (!buffer.hasRemaining()) {
                    flush();
                }
                int count = Math.min(length - done, buffer.remaining());
                buffer.put(src, from + done, count);
                done += count;
            }
        }

        @Override
        public void flush() throws IOException {
            buffer.flip();
            int count = buffer.remaining();
            try {
                file.write(offset, buffer);
            } catch (PoolException e) {
                throw new IOException(e);
            }
            offset += count;
            buffer.clear();
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
