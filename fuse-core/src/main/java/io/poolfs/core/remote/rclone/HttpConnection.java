package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive HTTP/1.1 connection to the rclone daemon. Used by one call at a time; closing it from another thread
 * ends that call.
 *
 * <p>Every wait ends at a deadline on the monotonic clock with TIMEOUT; an interrupt ends it with INTERRUPTED. Other
 * failures are {@link IOException}s, which the client names and translates.
 */
final class HttpConnection implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int MAX_LINE_BYTES = 16 << 10;
    private static final int MAX_HEADER_LINES = 200;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Clock clock;
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
    private boolean used;
    private boolean broken;

    /** A request was sent whose answer was not yet read to its end: the rest would be taken for the next answer. */
    private boolean unanswered;

    private HttpConnection(Clock clock, SocketChannel channel, Selector selector) throws IOException {
        this.clock = clock;
        this.channel = channel;
        this.selector = selector;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = channel.register(selector, SelectionKey.OP_CONNECT);
    }

    static HttpConnection open(Clock clock, InetSocketAddress address, long deadlineNanos)
            throws IOException, PoolException {
        SocketChannel channel = SocketChannel.open();
        Selector selector = null;
        try {
            selector = Selector.open();
            HttpConnection connection = new HttpConnection(clock, channel, selector);
            if (!channel.connect(address)) {
                while (!channel.finishConnect()) {
                    connection.await(SelectionKey.OP_CONNECT, deadlineNanos);
                }
            }
            return connection;
        } catch (IOException | PoolException | RuntimeException e) {
            channel.close();
            if (selector != null) {
                selector.close();
            }
            throw e;
        }
    }

    /** True once a response was read: the peer may have closed it since. */
    boolean isReused() {
        return used;
    }

    /** Whether the next call may use it. */
    boolean isReusable() {
        return !broken && !unanswered && channel.isOpen() && !in.hasRemaining();
    }

    /** The answer was read to its end. */
    void answered() {
        unanswered = false;
    }

    void send(ByteBuffer request, long deadlineNanos) throws IOException, PoolException {
        unanswered = true;
        while (request.hasRemaining()) {
            if (write(request) == 0) {
                await(SelectionKey.OP_WRITE, deadlineNanos);
            }
        }
    }

    /** Waits for the first bytes of the response; false when the time came first. EOFException when none come. */
    boolean awaitResponse(long untilNanos) throws IOException, PoolException {
        while (!in.hasRemaining()) {
            int count = fillBuffer();
            if (count < 0) {
                throw new EOFException("the connection ended before the answer");
            }
            if (count > 0) {
                return true;
            }
            if (!select(SelectionKey.OP_READ, untilNanos)) {
                return false;
            }
        }
        return true;
    }

    /** Reads status line and headers. EOFException when the peer closed before the first byte. */
    HttpHead readHead(long deadlineNanos) throws IOException, PoolException {
        String status = readLine(deadlineNanos);
        used = true;
        HttpHead head = HttpHead.ofStatusLine(status);
        for (int lines = 0; ; lines++) {
            String line = readLine(deadlineNanos);
            if (line.isEmpty()) {
                break;
            }
            if (lines > MAX_HEADER_LINES) {
                throw new IOException("HTTP response with more than " + MAX_HEADER_LINES + " header lines");
            }
            head = head.withHeader(line);
        }
        if (head.closes() || !head.hasBodyLength()) {
            broken = true;
        }
        return head;
    }

    /**
     * Reads body bytes until {@code dst} is full. EOFException when the body ends before that.
     *
     * @param idleNanos the longest wait for the next bytes
     * @param wanted asked before each wait: CANCELLED when it says no
     */
    void readBody(ByteBuffer dst, long deadlineNanos, long idleNanos, BooleanSupplier wanted)
            throws IOException, PoolException {
        if (in.hasRemaining()) {
            int count = Math.min(in.remaining(), dst.remaining());
            dst.put(in.slice(in.position(), count));
            in.position(in.position() + count);
        }
        while (dst.hasRemaining()) {
            int count = read(dst);
            if (count < 0) {
                throw new EOFException("the body ended " + dst.remaining() + " bytes early");
            }
            if (count == 0) {
                if (!wanted.getAsBoolean()) {
                    throw new PoolException(Reason.CANCELLED, "nobody wants it any more");
                }
                await(SelectionKey.OP_READ, Math.min(deadlineNanos, clock.monotonicNanos() + idleNanos));
            }
        }
    }

    /** Reads a whole body of whichever form. EOFException when it is cut; IOException above the limit. */
    byte[] readWholeBody(HttpHead head, int maxBytes, long deadlineNanos) throws IOException, PoolException {
        if (head.chunked()) {
            return readChunked(maxBytes, deadlineNanos);
        }
        if (head.contentLength() < 0) {
            return readToEnd(maxBytes, deadlineNanos);
        }
        if (head.contentLength() > maxBytes) {
            throw new IOException("HTTP body of " + head.contentLength() + " bytes; at most " + maxBytes + " wanted");
        }
        byte[] body = new byte[(int) head.contentLength()];
        readBody(ByteBuffer.wrap(body), deadlineNanos, Long.MAX_VALUE >> 1, () -> true);
        return body;
    }

    @Override
    public void close() {
        broken = true;
        try {
            channel.close();
            selector.close();
        } catch (IOException e) {
            // Nothing is left to save on a connection that we give up.
            broken = true;
        }
    }

    private byte[] readChunked(int maxBytes, long deadlineNanos) throws IOException, PoolException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String sizeLine = readLine(deadlineNanos);
            int semicolon = sizeLine.indexOf(';');
            int size;
            try {
                size = Integer.parseInt((semicolon < 0 ? sizeLine : sizeLine.substring(0, semicolon)).strip(), 16);
            } catch (NumberFormatException e) {
                throw new IOException("not the size of an HTTP chunk: \"" + sizeLine + "\"", e);
            }
            if (size < 0 || body.size() > maxBytes - size) {
                throw new IOException("HTTP body of more than " + maxBytes + " bytes");
            }
            if (size == 0) {
                skipTrailers(deadlineNanos);
                return body.toByteArray();
            }
            byte[] chunk = new byte[size];
            readBody(ByteBuffer.wrap(chunk), deadlineNanos, Long.MAX_VALUE >> 1, () -> true);
            body.write(chunk, 0, size);
            if (!readLine(deadlineNanos).isEmpty()) {
                throw new IOException("HTTP chunk does not end where it said");
            }
        }
    }

    private void skipTrailers(long deadlineNanos) throws IOException, PoolException {
        String trailer;
        do {
            trailer = readLine(deadlineNanos);
        } while (!trailer.isEmpty());
    }

    private byte[] readToEnd(int maxBytes, long deadlineNanos) throws IOException, PoolException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            byte[] piece = new byte[in.remaining()];
            in.get(piece);
            body.write(piece, 0, piece.length);
            if (body.size() > maxBytes) {
                throw new IOException("HTTP body of more than " + maxBytes + " bytes");
            }
            int count = fillBuffer();
            if (count < 0) {
                return body.toByteArray();
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadlineNanos);
            }
        }
    }

    private String readLine(long deadlineNanos) throws IOException, PoolException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (in.hasRemaining()) {
                byte b = in.get();
                if (b == '\n') {
                    String text = line.toString(StandardCharsets.ISO_8859_1);
                    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
                }
                line.write(b);
            }
            if (line.size() > MAX_LINE_BYTES) {
                throw new IOException("HTTP header line of more than " + MAX_LINE_BYTES + " bytes");
            }
            int count = fillBuffer();
            if (count < 0) {
                throw new EOFException("the connection ended in the header");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadlineNanos);
            }
        }
    }

    private int fillBuffer() throws IOException, PoolException {
        in.clear();
        int count = 0;
        try {
            count = read(in);
        } finally {
            in.flip();
        }
        return count;
    }

    private int read(ByteBuffer dst) throws IOException, PoolException {
        try {
            int count = channel.read(dst);
            broken |= count < 0;
            return count;
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
    }

    private int write(ByteBuffer src) throws IOException, PoolException {
        try {
            return channel.write(src);
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
    }

    private void await(int operation, long deadlineNanos) throws IOException, PoolException {
        if (!select(operation, deadlineNanos)) {
            broken = true;
            throw new PoolException(Reason.TIMEOUT, "no answer in time");
        }
    }

    private boolean select(int operation, long untilNanos) throws IOException, PoolException {
        long left = untilNanos - clock.monotonicNanos();
        if (left <= 0) {
            return false;
        }
        int ready;
        try {
            key.interestOps(operation);
            ready = selector.select(Math.max(1, (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI));
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw new IOException("closed", e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(null);
        }
        return ready > 0 || clock.monotonicNanos() < untilNanos;
    }

    private PoolException interrupted(@Nullable Throwable cause) {
        broken = true;
        return new PoolException(Reason.INTERRUPTED, "interrupted while waiting for rclone", cause);
    }
}
