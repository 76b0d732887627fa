package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A pool over plain folders, which are used directly, and an encrypted one through rclone; and what tells of them. */
class LocalRemotesIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long SIZE = 2_500_000;

    @TempDir
    private Path temp;

    private Machine machine;
    private List<Path> plain;

    @BeforeEach
    void makePool() throws Exception {
        machine = new Machine(temp.resolve("machine"));
        plain = Folders.make(temp, 2);
        machine.run("rclone", "config", "create", "secret", "crypt", "remote=" + temp.resolve("enc"), "password=abcdef")
                .orFail();
        List<String> init = new ArrayList<>(List.of("init", "media", "--yes", "--no-encrypt", "--remote", "secret:"));
        init.addAll(List.of("--chunk-size", "1M", "--cache-dir", machine.cache().resolve("media") + "", "--local"));
        plain.forEach(folder -> init.add(folder.toString()));
        machine.poolfs(init.toArray(String[]::new)).orFail();
        machine.configure("media", Machine.SETTLE, "balance_slack: 0");
    }

    @AfterEach
    void end() {
        machine.close();
    }

    @Test
    void mixedPool_foldersDirectlyAndCryptThroughRclone_keepsWhatIsWritten() throws Exception {
        Path mount = machine.mount("mnt");
        Map<String, String> digests = new HashMap<>();
        for (int i = 1; i <= 3; i++) {
            digests.put("file" + i, RandomFiles.write(mount.resolve("file" + i), i, SIZE));
        }
        machine.poolfs("flush").orFail();
        Map<String, String> ways = new HashMap<>();
        for (JsonNode remote : status().path("remotes")) {
            ways.put(remote.path("name").asString(), remote.path("way").asString());
            assertThat(remote.path("pool_bytes").asLong(0))
                    .as(remote.toString())
                    .isPositive();
        }
        assertThat(ways)
                .containsEntry("secret:", "rclone")
                .containsEntry(plain.get(0).toString(), "direct")
                .containsEntry(plain.get(1).toString(), "direct");
        assertThat(incoming(plain.get(0))).isEmpty();
        machine.unmount(mount);
        machine.coldCache("media");
        machine.mount("mnt");
        for (Map.Entry<String, String> file : digests.entrySet()) {
            assertThat(RandomFiles.digest(mount.resolve(file.getKey()))).isEqualTo(file.getValue());
        }

        // Unplugged: its folder is not made anew, and what is written goes elsewhere.
        Path away = temp.resolve("away");
        Files.move(plain.get(0), away);
        RandomFiles.write(mount.resolve("meanwhile"), 9, SIZE);
        machine.poolfs("flush").orFail();
        assertThat(plain.get(0)).doesNotExist();
        Files.move(away, plain.get(0));
        await().atMost(Duration.ofMinutes(2))
                .until(() -> machine.poolfs("remote", "test", plain.get(0).toString())
                        .succeeded());
        for (Map.Entry<String, String> file : digests.entrySet()) {
            assertThat(RandomFiles.digest(mount.resolve(file.getKey()))).isEqualTo(file.getValue());
        }
        limitsAreSetWhileItRuns();
        benchTellsOfEachRemoteAndLeavesNothing();
        watchShowsPagesUntilNobodyReads();
    }

    private void limitsAreSetWhileItRuns() throws Exception {
        machine.poolfs("limit", "08:00,2M", "23:00,off").orFail();
        machine.poolfs("limit", "--remote", "secret:", "3M").orFail();
        assertThat(Files.readString(machine.configFile("media")))
                .contains("bandwidth: \"08:00,2M 23:00,off\"", "bandwidth: \"3M\"");
        for (JsonNode remote : status().path("remotes")) {
            long limit = remote.path("name").asString().equals("secret:") ? 3 << 20 : 0;
            assertThat(remote.path("limit_bytes_per_second").asLong(-1)).isEqualTo(limit);
        }
        machine.poolfs("limit", "1M").orFail();
        assertThat(status().path("limit_bytes_per_second").asLong(0)).isEqualTo(1 << 20);
        Shell.Result wrong = machine.poolfs("limit", "8:00,quick");
        assertThat(wrong.exit()).isEqualTo(78);
        assertThat(wrong.err()).contains("8:00,quick", "08:00,2M 23:00,off");
        machine.poolfs("limit", "off").orFail();
        machine.poolfs("limit", "--remote", "secret:", "off").orFail();
        assertThat(machine.poolfs("limit", "--json").orFail().out()).doesNotContain("1M");
    }

    private void benchTellsOfEachRemoteAndLeavesNothing() throws Exception {
        JsonNode figures = JSON.readTree(
                machine.poolfs("bench", "--time", "100ms", "--json").orFail().out());
        assertThat(figures.size()).isEqualTo(3);
        for (JsonNode figure : figures) {
            assertThat(figure.path("up_bytes_per_second").asLong(0)).isPositive();
            assertThat(figure.path("down_bytes_per_second").asLong(0)).isPositive();
            assertThat(figure.path("error").isNull()).isTrue();
        }
        for (Path folder : plain) {
            try (Stream<Path> all = Files.list(folder.resolve("poolfs_manifests"))) {
                assertThat(all.filter(path -> path.getFileName().toString().startsWith("bench-")))
                        .isEmpty();
            }
            assertThat(incoming(folder)).isEmpty();
        }
    }

    private void watchShowsPagesUntilNobodyReads() {
        Shell.Result lines =
                machine.run("sh", "-c", Distribution.POOLFS + " status --watch --json --interval 100ms | head -n 3");
        assertThat(lines.out().lines()).hasSize(3).allMatch(line -> line.contains("\"remotes\":["));
        Shell.Result page = machine.run("sh", "-c", Distribution.POOLFS + " status --watch | head -n 12");
        assertThat(page.out()).contains("traffic", "reading", plain.get(0).toString());
    }

    private JsonNode status() {
        return JSON.readTree(machine.poolfs("status", "--json").orFail().out());
    }

    private static List<Path> incoming(Path folder) throws Exception {
        try (Stream<Path> all = Files.list(folder.resolve(".poolfs-incoming"))) {
            return all.toList();
        }
    }
}
