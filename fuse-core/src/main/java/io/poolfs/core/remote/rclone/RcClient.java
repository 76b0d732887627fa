package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Speaks to one running rc server: commands as JSON, and objects by ranged GET. Usable from any thread; each call has
 * a connection of its own, kept alive for the next one. Closing ends the calls in progress.
 *
 * <p>What the server answers comes back as {@link RcFailure} with its own text; transport failures are
 * REMOTE_UNAVAILABLE, deadlines TIMEOUT.
 */
final class RcClient implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_ANSWER_BYTES = 256 << 20;
    private static final int MAX_ERROR_BYTES = 1 << 20;
    private static final int MAX_IDLE = 32;
    private static final int OK = 200;
    private static final int PARTIAL = 206;

    private final Clock clock;
    private final InetSocketAddress address;
    private final String headers;
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final Set<HttpConnection> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    RcClient(Clock clock, InetSocketAddress address, String user, String password) {
        this.clock = clock;
        this.address = address;
        String credentials =
                Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.headers = "Host: " + address.getHostString() + ":" + address.getPort() + "\r\nAuthorization: Basic "
                + credentials + "\r\n";
    }

    /** Looks at a long call from time to time. */
    @FunctionalInterface
    interface Watch {
        /** Called when nothing was heard for a while. Throws to give the call up. */
        void look() throws PoolException;
    }

    /** Runs a command and returns its answer. */
    JsonNode call(String command, Map<String, ?> parameters, long deadlineNanos) throws PoolException, RcFailure {
        return call(command, parameters, deadlineNanos, Long.MAX_VALUE >> 1, () -> {});
    }

    /** The same for a call that may take long: the watch is asked at each interval without an answer. */
    JsonNode call(String command, Map<String, ?> parameters, long deadlineNanos, long watchIntervalNanos, Watch watch)
            throws PoolException, RcFailure {
        byte[] body = JSON.writeValueAsBytes(parameters);
        byte[] head = ("POST /" + command + " HTTP/1.1\r\n" + headers
                        + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer request = ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
        HttpConnection connection = null;
        try {
            connection = exchange(request, deadlineNanos, watchIntervalNanos, watch);
            HttpHead answer = connection.readHead(deadlineNanos);
            byte[] text = connection.readWholeBody(answer, MAX_ANSWER_BYTES, deadlineNanos);
            connection.answered();
            if (answer.status() != OK) {
                throw failure(answer.status(), text);
            }
            return parse(text);
        } catch (IOException e) {
            throw transport(command, e);
        } catch (PoolException e) {
            throw about(command, e);
        } finally {
            release(connection);
        }
    }

    void getRange(String fs, String object, long offset, ByteBuffer dst, long deadlineNanos, long stallNanos)
            throws PoolException, RcFailure, CutBodyException {
        getRange(fs, object, offset, dst, deadlineNanos, stallNanos, () -> true);
    }

    /**
     * Fills {@code dst} with the object's bytes from the offset.
     *
     * @param stallNanos the longest wait without a byte
     * @param wanted asked between pieces: CANCELLED when it says no
     * @throws CutBodyException when the server promised the bytes and then sent fewer
     */
    void getRange(
            String fs,
            String object,
            long offset,
            ByteBuffer dst,
            long deadlineNanos,
            long stallNanos,
            BooleanSupplier wanted)
            throws PoolException, RcFailure, CutBodyException {
        int length = dst.remaining();
        String path = "/" + RcPath.encode("[" + fs + "]/" + object);
        ByteBuffer request = ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\n" + headers + "Range: bytes=" + offset + "-"
                        + (offset + length - 1) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        HttpConnection connection = null;
        try {
            connection = exchange(request, deadlineNanos, Long.MAX_VALUE >> 1, () -> {});
            HttpHead answer = connection.readHead(deadlineNanos);
            if (answer.status() != PARTIAL && answer.status() != OK) {
                throw openFailure(connection, answer, deadlineNanos);
            }
            checkLength(object, offset, length, answer);
            try {
                connection.readBody(dst, deadlineNanos, stallNanos, wanted);
                connection.answered();
            } catch (EOFException e) {
                throw new CutBodyException(object, e);
            }
        } catch (IOException e) {
            throw transport(object, e);
        } catch (PoolException e) {
            throw about(object, e);
        } finally {
            release(connection);
        }
    }

    @Override
    public void close() {
        closed = true;
        busy.forEach(HttpConnection::close);
        for (HttpConnection c = idle.poll(); c != null; c = idle.poll()) {
            c.close();
        }
    }

    /** Sends the request on a kept or new connection and waits for the first bytes of the answer. */
    private HttpConnection exchange(ByteBuffer request, long deadlineNanos, long watchIntervalNanos, Watch watch)
            throws IOException, PoolException {
        while (true) {
            HttpConnection connection = take(deadlineNanos);
            boolean done = false;
            try {
                request.rewind();
                connection.send(request, deadlineNanos);
                await(connection, deadlineNanos, watchIntervalNanos, watch);
                done = true;
                return connection;
            } catch (IOException e) {
                // The server may have closed a kept connection since its last use; a new one tells the truth.
                if (!connection.isReused() || closed) {
                    throw e;
                }
            } finally {
                if (!done) {
                    connection.close();
                    release(connection);
                }
            }
        }
    }

    private void await(HttpConnection connection, long deadlineNanos, long watchIntervalNanos, Watch watch)
            throws IOException, PoolException {
        while (true) {
            long until = Math.min(deadlineNanos, clock.monotonicNanos() + watchIntervalNanos);
            if (connection.awaitResponse(until)) {
                return;
            }
            if (clock.monotonicNanos() >= deadlineNanos) {
                throw new PoolException(Reason.TIMEOUT, "no answer in time");
            }
            watch.look();
        }
    }

    private HttpConnection take(long deadlineNanos) throws IOException, PoolException {
        HttpConnection connection = idle.poll();
        if (connection != null) {
            idleCount.decrementAndGet();
        } else {
            connection = HttpConnection.open(clock, address, deadlineNanos);
        }
        busy.add(connection);
        if (closed) {
            connection.close();
        }
        return connection;
    }

    private void release(@Nullable HttpConnection connection) {
        if (connection == null || !busy.remove(connection)) {
            return;
        }
        if (!closed && connection.isReusable() && idleCount.get() < MAX_IDLE) {
            idleCount.incrementAndGet();
            idle.push(connection);
        } else {
            connection.close();
        }
    }

    private static void checkLength(String object, long offset, int wanted, HttpHead answer) throws PoolException {
        boolean whole = answer.status() == OK && offset == 0 && answer.contentLength() == wanted;
        boolean part = answer.status() == PARTIAL && answer.contentLength() == wanted;
        if (!whole && !part) {
            throw new PoolException(
                    Reason.CORRUPT,
                    object + ": asked for " + wanted + " bytes at " + offset + ", offered " + answer.contentLength()
                            + (answer.rangeTotalBytes() < 0 ? "" : " of " + answer.rangeTotalBytes()));
        }
    }

    /**
     * rclone answers a failed look-up with JSON, but a failed opening with a bare "Not Found" whatever the cause, and
     * with the length of the range that it does not send.
     */
    private static RcFailure openFailure(HttpConnection connection, HttpHead answer, long deadlineNanos)
            throws IOException, PoolException {
        if (answer.rangeTotalBytes() >= 0) {
            connection.close();
            return RcFailure.notOpened(answer.status(), answer.rangeTotalBytes());
        }
        byte[] text = connection.readWholeBody(answer, MAX_ERROR_BYTES, deadlineNanos);
        connection.answered();
        return failure(answer.status(), text);
    }

    private static RcFailure failure(int status, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        try {
            // The answer repeats the input, which may hold secrets: only its error goes on.
            JsonNode error = JSON.readTree(body).path("error");
            if (error.isString()) {
                return new RcFailure(status, error.asString());
            }
        } catch (JacksonException e) {
            return new RcFailure(status, text.isEmpty() ? "status " + status : text);
        }
        return new RcFailure(status, "status " + status);
    }

    private static JsonNode parse(byte[] text) throws PoolException {
        try {
            JsonNode answer = JSON.readTree(text);
            if (answer instanceof ObjectNode) {
                return answer;
            }
        } catch (JacksonException e) {
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, "rclone's answer is not JSON", e);
        }
        throw new PoolException(Reason.REMOTE_UNAVAILABLE, "rclone's answer is not a JSON object");
    }

    private PoolException transport(String what, IOException e) {
        String text = closed ? "rclone ended" : "connection to rclone failed: " + e.getMessage();
        return new PoolException(Reason.REMOTE_UNAVAILABLE, what + ": " + text, e);
    }

    private static PoolException about(String what, PoolException e) {
        return new PoolException(e.reason(), what + ": " + e.getMessage(), e);
    }
}
