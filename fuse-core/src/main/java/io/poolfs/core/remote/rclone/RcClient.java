package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Speaks to one running rc server: commands as JSON, and objects by ranged GET. Usable from any thread. Closing ends
 * the calls in progress.
 *
 * <p>What the server answers comes back as {@link RcFailure} with its own text; transport failures are
 * REMOTE_UNAVAILABLE, deadlines TIMEOUT.
 */
final class RcClient implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_ANSWER_BYTES = 256 << 20;
    private static final int MAX_ERROR_BYTES = 1 << 20;
    private static final int OK = 200;
    private static final int PARTIAL = 206;

    private final HttpPool connections;

    RcClient(Clock clock, InetSocketAddress address, String user, String password) {
        this.connections = new HttpPool(clock, address, user, password);
    }

    /** Runs a command and returns its answer. */
    JsonNode call(String command, Map<String, ?> parameters, long deadlineNanos) throws PoolException, RcFailure {
        return call(command, parameters, deadlineNanos, Long.MAX_VALUE >> 1, () -> {});
    }

    /** The same for a call that may take long: the watch is asked at each interval without an answer. */
    JsonNode call(
            String command,
            Map<String, ?> parameters,
            long deadlineNanos,
            long watchIntervalNanos,
            HttpPool.Watch watch)
            throws PoolException, RcFailure {
        byte[] body = JSON.writeValueAsBytes(parameters);
        byte[] head = ("POST /" + command + " HTTP/1.1\r\n" + connections.headers()
                        + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer request = ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
        try (HttpPool.Call sent = connections.send(request, deadlineNanos)) {
            HttpConnection connection = sent.await(deadlineNanos, watchIntervalNanos, watch);
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
        ByteBuffer request = ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\n" + connections.headers() + "Range: bytes="
                        + offset + "-" + (offset + length - 1) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        try (HttpPool.Call sent = connections.send(request, deadlineNanos)) {
            HttpConnection connection = sent.await(deadlineNanos, Long.MAX_VALUE >> 1, () -> {});
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
        }
    }

    @Override
    public void close() {
        connections.close();
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
        String text = connections.isClosed() ? "rclone ended" : "connection to rclone failed: " + e.getMessage();
        return new PoolException(Reason.REMOTE_UNAVAILABLE, what + ": " + text, e);
    }

    private static PoolException about(String what, PoolException e) {
        return new PoolException(e.reason(), what + ": " + e.getMessage(), e);
    }
}
