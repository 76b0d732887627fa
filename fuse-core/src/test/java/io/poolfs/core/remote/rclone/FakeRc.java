package io.poolfs.core.remote.rclone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.poolfs.core.time.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An rc server whose answers a test decides. */
final class FakeRc implements RcEndpoint, AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final RcClient client;
    volatile @Nullable String cutReason;

    /** What the server does with a request. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    FakeRc(Scheduler scheduler) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        client = new RcClient(scheduler.clock(), server.getAddress(), "user", "password");
        json("operations/fsinfo", 200, "{\"Features\":{\"About\":true,\"DuplicateFiles\":false}}");
        json("operations/copyfile", 200, "{}");
        json("operations/list", 200, "{\"list\":[]}");
        json("core/stats", 200, "{\"bytes\":0}");
    }

    /** Answers to requests whose path begins so. */
    FakeRc on(String path, Answer answer) {
        answers.put("/" + path, answer);
        return this;
    }

    FakeRc json(String path, int status, String body) {
        return on(path, exchange -> send(exchange, status, body));
    }

    FakeRc error(String path, int status, String error) {
        return json(
                path, status, "{\"error\":\"" + error + "\",\"input\":{\"pass\":\"leak\"},\"status\":" + status + "}");
    }

    FakeRc hang(String path) {
        return on(path, exchange -> end.await());
    }

    List<String> requests() {
        return requests;
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public RcClient client(long deadlineNanos) {
        return client;
    }

    @Override
    public @Nullable String cutReason(String object) {
        return cutReason;
    }

    @Override
    public void close() {
        end.countDown();
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(path + " " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Answer answer = answers.entrySet().stream()
                .filter(entry -> path.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(unknown -> send(unknown, 404, "{\"error\":\"couldn't find method\",\"status\":404}"));
        try {
            answer.to(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
