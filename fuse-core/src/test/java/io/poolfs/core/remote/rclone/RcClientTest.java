package io.poolfs.core.remote.rclone;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.time.RealScheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RcClientTest {
    /** rclone ends connections that nobody used for a minute. */
    @Test
    void call_onAConnectionThatTheServerHasClosed_takesANewOne() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                RealScheduler scheduler = RealScheduler.create();
                RcClient client = new RcClient(
                        scheduler.clock(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()),
                        "user",
                        "password")) {
            Thread serving = new Thread(() -> serve(server, closed));
            serving.setDaemon(true);
            serving.start();
            long deadline = scheduler.deadlineAfter(Duration.ofSeconds(10));
            assertThat(client.call("rc/noop", Map.of(), deadline).path("n").asInt(0))
                    .isEqualTo(1);
            closed.await();
            assertThat(client.call("rc/noop", Map.of(), deadline).path("n").asInt(0))
                    .isEqualTo(2);
        }
    }

    /** Answers one request on each connection, as if more could follow, and closes it. */
    private static void serve(ServerSocket server, CountDownLatch closed) {
        try {
            for (int n = 1; ; n++) {
                try (Socket socket = server.accept()) {
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                        assertThat(line).doesNotContain("\0");
                    }
                    in.skip(2); // {}
                    String body = "{\"n\":" + n + "}";
                    socket.getOutputStream()
                            .write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                                    .getBytes(StandardCharsets.US_ASCII));
                }
                closed.countDown();
            }
        } catch (IOException e) {
            return; // the test is over
        }
    }
}
