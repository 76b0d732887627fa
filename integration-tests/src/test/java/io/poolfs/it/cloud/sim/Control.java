package io.poolfs.it.cloud.sim;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.poolfs.it.cloud.Cloud;
import io.poolfs.it.cloud.Counts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The control of running clouds, over HTTP on loopback.
 *
 * <pre>
 * GET  /           all clouds: knobs and counts
 * POST /NAME?k=v   changes knobs of a cloud, or of all
 * POST /reset      counts from nothing again
 * </pre>
 */
final class Control implements AutoCloseable {
    private final Map<String, Cloud> clouds;
    private final HttpServer server;

    Control(Map<String, Cloud> clouds, int port) throws IOException {
        this.clouds = clouds;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring(1);
            try {
                if (exchange.getRequestMethod().equals("POST")) {
                    change(name, knobs(exchange.getRequestURI().getRawQuery()));
                }
                answer(exchange, 200, json(report()));
            } catch (IllegalArgumentException e) {
                answer(exchange, 400, e.getMessage() + "\n");
            }
        }
    }

    private void change(String name, Map<String, String> changes) throws IOException {
        if (name.equals("reset")) {
            clouds.values().forEach(cloud -> cloud.counts().reset());
            return;
        }
        List<Cloud> meant = clouds.entrySet().stream()
                .filter(entry -> name.equals("all") || name.equals(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        if (meant.isEmpty()) {
            throw new IllegalArgumentException("no cloud is called " + name + "; there are " + clouds.keySet());
        }
        for (Cloud cloud : meant) {
            cloud.set(Knobs.changed(cloud.weather(), changes));
        }
    }

    private Map<String, Object> report() {
        Map<String, Object> all = new LinkedHashMap<>();
        clouds.forEach((name, cloud) -> {
            Counts counts = cloud.counts();
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("url", cloud.url());
            one.put("knobs", Knobs.of(cloud.weather()));
            one.put("requests", counts.requests());
            one.put("up_bytes", counts.upBytes());
            one.put("down_bytes", counts.downBytes());
            one.put("connections", counts.connections());
            one.put("most_at_once", cloud.mostAtOnce());
            one.put("stored_bytes", cloud.usedBytes());
            all.put(name, one);
        });
        return all;
    }

    private static Map<String, String> knobs(String query) {
        Map<String, String> knobs = new LinkedHashMap<>();
        for (String part : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            String[] sides = part.split("=", 2);
            if (sides.length < 2) {
                throw new IllegalArgumentException("knob=value is wanted, not " + part);
            }
            knobs.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
        }
        return knobs;
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Of maps, numbers, and words that need no escapes. */
    private static String json(Object value) {
        if (value instanceof Map<?, ?> map) {
            StringBuilder text = new StringBuilder();
            map.forEach((key, inner) -> text.append(text.isEmpty() ? "{" : ", ")
                    .append('"')
                    .append(key)
                    .append("\": ")
                    .append(json(inner)));
            return text.isEmpty() ? "{}" : text.append("}\n").toString();
        }
        return value instanceof Number ? value.toString() : "\"" + value + "\"";
    }
}
