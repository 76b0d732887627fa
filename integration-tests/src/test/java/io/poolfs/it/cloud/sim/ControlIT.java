package io.poolfs.it.cloud.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.it.cloud.Cloud;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud does what its control says. */
class ControlIT {
    @TempDir
    private Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Cloud cloud;
    private Control control;

    @BeforeEach
    void start() throws Exception {
        cloud = Cloud.over(directory.resolve("kept"));
        control = new Control(Map.of("cloud1", cloud), 0);
    }

    @AfterEach
    void stop() {
        control.close();
        cloud.close();
    }

    @Test
    void set_allKnobs_areToldAgain() throws Exception {
        String told = ask(
                "POST",
                control.url() + "all?delay_ms=1.5&connect=yes&up_mb=2&down_mb=3&conn_up_mb=4"
                        + "&conn_down_mb=5&requests_per_s=600&at_once=7&connections=8&quota_mb=9&status=503&methods=PUT"
                        + "&bodies=reset&share=0.5&folder_again=201&lag_ms=10&mode=hang");
        assertThat(told)
                .contains("\"delay_ms\": 1.5", "\"connect\": \"yes\"", "\"up_mb\": 2.0", "\"down_mb\": 3.0")
                .contains("\"conn_up_mb\": 4.0", "\"conn_down_mb\": 5.0", "\"requests_per_s\": 600.0")
                .contains("\"at_once\": 7", "\"connections\": 8", "\"quota_mb\": 9.0", "\"status\": 503")
                .contains("\"methods\": \"PUT\"", "\"bodies\": \"reset\"", "\"share\": 0.5")
                .contains("\"folder_again\": 201", "\"lag_ms\": 10.0", "\"mode\": \"hang\"");
    }

    @Test
    void set_unknownKnobOrCloud_isRefused() throws Exception {
        assertThat(ask("POST", control.url() + "cloud1?speed=1")).contains("nothing is called speed");
        assertThat(ask("POST", control.url() + "cloud7?up_mb=1")).contains("no cloud is called cloud7");
        assertThat(ask("POST", control.url() + "cloud1?up_mb=x")).contains("is no number");
    }

    @Test
    void counts_afterRequests_areByMethodAndBytes() throws Exception {
        put("a", 1000);
        status("GET", "a");
        status("GET", "a");
        assertThat(ask("GET", control.url()))
                .contains("\"GET\": 2", "\"PUT\": 1", "\"up_bytes\": 1000", "\"stored_bytes\": 1000");
        assertThat(ask("POST", control.url() + "reset")).contains("\"requests\": {}", "\"up_bytes\": 0");
    }

    @Test
    void quota_isUsedUp_answers507() throws Exception {
        ask("POST", control.url() + "cloud1?quota_mb=0.001");
        assertThat(put("a", 900)).isEqualTo(201);
        assertThat(put("b", 200)).isEqualTo(507);
        ask("POST", control.url() + "cloud1?quota_mb=0");
        assertThat(put("b", 200)).isEqualTo(201);
    }

    @Test
    void down_andOkAgain_answersOnTheSamePort() throws Exception {
        put("a", 10);
        ask("POST", control.url() + "cloud1?mode=down");
        ask("POST", control.url() + "cloud1?mode=ok&status=429&methods=GET");
        assertThat(status("GET", "a")).isEqualTo(429);
        assertThat(put("b", 10)).isEqualTo(201);
    }

    @Test
    void limits_ofEachKind_letAllPass() throws Exception {
        ask(
                "POST",
                control.url() + "all?up_mb=50&down_mb=50&conn_up_mb=40&conn_down_mb=40&requests_per_s=500&at_once=1");
        assertThat(put("a", 300_000)).isEqualTo(201);
        HttpResponse<byte[]> back = client.send(
                HttpRequest.newBuilder(URI.create(cloud.url() + "a")).build(), BodyHandlers.ofByteArray());
        assertThat(back.body()).hasSize(300_000);
    }

    @Test
    void moveAndCopy_ofFiles_keepContents() throws Exception {
        put("a", 10);
        assertThat(transfer("COPY", "a", "b")).isEqualTo(201);
        assertThat(transfer("MOVE", "a", "c")).isEqualTo(201);
        assertThat(transfer("MOVE", "b", "c")).isEqualTo(204);
        assertThat(transfer("MOVE", "b", "c")).isEqualTo(404);
        try (var kept = Files.list(cloud.folder())) {
            assertThat(kept.map(file -> file.getFileName().toString())).containsExactly("c");
        }
        assertThat(cloud.usedBytes()).isEqualTo(10);
    }

    private int transfer(String method, String from, String to) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(cloud.url() + from))
                                .method(method, BodyPublishers.noBody())
                                .header("Destination", cloud.url() + to)
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private int put(String name, int bytes) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(cloud.url() + name))
                                .PUT(BodyPublishers.ofByteArray(new byte[bytes]))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private int status(String method, String name) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(cloud.url() + name))
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private String ask(String method, String url) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(url))
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
