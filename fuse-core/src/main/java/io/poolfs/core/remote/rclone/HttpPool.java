package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one server on loopback, kept alive for the next call. Usable from any thread; each call has one of its
 * own. Closing ends the calls in progress.
 */
final class HttpPool implements AutoCloseable {
    private static final int MAX_IDLE = 32;

    private final Clock clock;
    private final InetSocketAddress address;
    private final String headers;
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final Set<HttpConnection> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    HttpPool(Clock clock, InetSocketAddress address, String user, String password) {
        this.clock = clock;
        this.address = address;
        String credentials =
                Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.headers = "Host: " + address.getHostString() + ":" + address.getPort() + "\r\nAuthorization: Basic "
                + credentials + "\r\n";
    }

    /** Lines that each request has. */
    String headers() {
        return headers;
    }

    boolean isClosed() {
        return closed;
    }

    /** Asked from time to time while nothing is heard; throws to give the call up. */
    @FunctionalInterface
    interface Watch {
        void look() throws PoolException;
    }

    /** A request that was sent, until it is closed. Used by one thread. */
    final class Call implements AutoCloseable {
        private final ByteBuffer request;
        private HttpConnection connection;

        private Call(ByteBuffer request, long deadlineNanos) throws IOException, PoolException {
            this.request = request;
            this.connection = take(deadlineNanos);
            try {
                send(deadlineNanos);
            } catch (IOException | PoolException e) {
                drop();
                throw e;
            }
        }

        private void send(long deadlineNanos) throws IOException, PoolException {
            while (true) {
                try {
                    request.rewind();
                    connection.send(request, deadlineNanos);
                    return;
                } catch (IOException e) {
                    renew(e, deadlineNanos);
                }
            }
        }

        /** The server may have closed a kept connection since its last use; a new one tells the truth. */
        private void renew(IOException cause, long deadlineNanos) throws IOException, PoolException {
            if (!connection.isReused() || closed) {
                throw cause;
            }
            drop();
            connection = take(deadlineNanos);
        }

        private void drop() {
            connection.close();
            release(connection);
        }

        /** Waits for the first bytes of the answer; who reads it tells the connection when it is at its end. */
        HttpConnection await(long deadlineNanos, long watchIntervalNanos, Watch watch)
                throws IOException, PoolException {
            while (true) {
                try {
                    awaitBytes(deadlineNanos, watchIntervalNanos, watch);
                    return connection;
                } catch (IOException e) {
                    renew(e, deadlineNanos);
                    send(deadlineNanos);
                }
            }
        }

        private void awaitBytes(long deadlineNanos, long watchIntervalNanos, Watch watch)
                throws IOException, PoolException {
            while (!connection.awaitResponse(Math.min(deadlineNanos, clock.monotonicNanos() + watchIntervalNanos))) {
                if (clock.monotonicNanos() >= deadlineNanos) {
                    throw new PoolException(Reason.TIMEOUT, "no answer in time");
                }
                watch.look();
            }
        }

        /** The connection is kept when the answer was read to its end. */
        @Override
        public void close() {
            release(connection);
        }
    }

    Call send(ByteBuffer request, long deadlineNanos) throws IOException, PoolException {
        return new Call(request, deadlineNanos);
    }

    @Override
    public void close() {
        closed = true;
        busy.forEach(HttpConnection::close);
        for (HttpConnection c = idle.poll(); c != null; c = idle.poll()) {
            c.close();
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
}
