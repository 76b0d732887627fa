package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** A ranged GET at a {@link RangeServer} that is under way. Used by one thread, which closes it. */
final class RangeAnswer implements AutoCloseable {
    private static final int PARTIAL = 206;

    private final HttpPool.Call call;
    private final int lengthBytes;
    private final Bounds bounds;

    /** When it must end, and whether it still need. */
    record Bounds(long deadlineNanos, long stallNanos, BooleanSupplier wanted) {}

    private RangeAnswer(HttpPool.Call call, int lengthBytes, Bounds bounds) {
        this.call = call;
        this.lengthBytes = lengthBytes;
        this.bounds = bounds;
    }

    static RangeAnswer ask(HttpPool server, String path, long from, int lengthBytes, Bounds bounds)
            throws IOException, PoolException {
        byte[] request = ("GET /" + RcPath.encode(path) + " HTTP/1.1\r\n" + server.headers() + "Range: bytes=" + from
                        + "-" + (from + lengthBytes - 1) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        return new RangeAnswer(server.send(ByteBuffer.wrap(request), bounds.deadlineNanos()), lengthBytes, bounds);
    }

    /** Fills dst with what came: the whole range, or up to the object's end. IOException for anything else. */
    void read(ByteBuffer dst) throws IOException, PoolException {
        HttpConnection connection = call.await(bounds.deadlineNanos(), Long.MAX_VALUE >> 1, () -> {});
        HttpHead head = connection.readHead(bounds.deadlineNanos());
        if (head.status() != PARTIAL || head.contentLength() <= 0 || head.contentLength() > lengthBytes) {
            throw new IOException("status " + head.status() + " with " + head.contentLength() + " bytes");
        }
        dst.limit(dst.position() + (int) head.contentLength());
        connection.readBody(dst, bounds.deadlineNanos(), bounds.stallNanos(), bounds.wanted());
        connection.answered();
    }

    @Override
    public void close() {
        call.close();
    }
}
