package io.poolfs.it;

import static io.poolfs.it.BadPool.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.it.Faults.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bad input that is refused before anything starts: the message names the thing and the way out, the exit status is not
 * 0, and remotes and configurations are byte for byte as before.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(9)
class BadSetupIT {
    private static final int FAILED = 1;
    private static final int NOT_FOUND = 3;
    private static final int REMOTE = 4;
    private static final int DAMAGED = 7;
    private static final int CONFIG = 78;

    private Path temp;
    private BadPool pool;
    private Map<String, String> before;

    @BeforeAll
    void makePool(@TempDir Path directory) throws Exception {
        temp = directory;
        pool = new BadPool(temp, Folders.make(temp, 3), true, machine -> {});
    }

    @AfterAll
    void end() throws Exception {
        try {
            pool.assertWhole();
        } finally {
            pool.close();
        }
    }

    @BeforeEach
    void remember() throws IOException {
        before = pool.untouched();
    }

    @AfterEach
    void nothingChanged() throws IOException {
        assertThat(pool.untouched()).isEqualTo(before);
        assertThat(pool.machine.configFile("other")).doesNotExist();
    }

    @Test
    void init_unknownRemote_listsThoseThereAre() {
        assertRefused(
                poolfs("init", "other", "--yes", "--remote", "nowhere:"), NOT_FOUND, "nowhere:", "crypt-remote1:");
    }

    @Test
    void initAndAttach_wrongPassword_sayHowToGoOn() throws Exception {
        Path wrong = Files.writeString(temp.resolve("wrong"), "another password\nand its salt\n");
        String folder = pool.remotes.get(0).toString();

        assertRefused(
                poolfs("init", "other", "--yes", "--encrypt", "--password-file", wrong.toString(), "--local", folder),
                CONFIG,
                folder,
                "wrong password",
                "poolfs attach");
        assertRefused(
                poolfs("attach", "other", "--password-file", wrong.toString(), "--remote", folder),
                CONFIG,
                folder,
                "wrong password",
                "kit");
    }

    @Test
    void mountAndRecover_wrongPassword_nameTheRemote() throws Exception {
        String rclone = Files.readString(pool.rcloneConfig());
        String obscured = Shell.bash(temp, "rclone obscure wrong").strip();
        String wrong = rclone.replaceAll("(?m)^password = .*$", "password = " + obscured);
        try (Fault fault = Faults.changed(pool.rcloneConfig(), wrong.getBytes(StandardCharsets.UTF_8))) {
            assertRefused(pool.tryMount(), CONFIG, "crypt-remote1:", "wrong password");
            assertRefused(poolfs("recover"), CONFIG, "crypt-remote1:", "wrong password");
            Shell.Result checked = poolfs("check");
            assertThat(checked.exit()).isEqualTo(DAMAGED);
            assertThat(checked.out()).contains("wrong password", "rclone config");
        }
    }

    @Test
    void oneAccountTwice_isRefusedAtInitAndAtTheMount() throws Exception {
        String folder = temp.resolve("new").toString();
        assertRefused(
                poolfs("init", "other", "--yes", "--local", folder, "--remote", folder + "/../new"),
                CONFIG,
                folder,
                "twice");
        Files.createSymbolicLink(temp.resolve("link"), temp.resolve("new"));
        assertRefused(
                poolfs(
                        "init",
                        "other",
                        "--yes",
                        "--local",
                        folder,
                        temp.resolve("link").toString()),
                CONFIG,
                "same place",
                "once");
        assertThat(Folders.files(temp.resolve("new"))).isZero();

        String rclone = Files.readString(pool.rcloneConfig()) + "\n[twin]\ntype = alias\nremote = crypt-remote1:\n";
        String config = Files.readString(pool.config()).replace("\"crypt-remote3:\"", "\"twin:\"");
        try (Fault alias = Faults.changed(pool.rcloneConfig(), rclone.getBytes(StandardCharsets.UTF_8));
                Fault twin = Faults.changed(pool.config(), config.getBytes(StandardCharsets.UTF_8))) {
            assertRefused(pool.tryMount(), CONFIG, "crypt-remote1:", "twin:", "one and the same", "keep one");
        }
    }

    @Test
    void init_remoteRefusesWrites_namesItAndLeavesNothing() throws Exception {
        Path closed = Files.createDirectories(temp.resolve("closed"));
        try (Fault fault = Faults.readOnly(List.of(closed))) {
            assertRefused(
                    poolfs("init", "other", "--yes", "--local", temp.resolve("open") + "", "--local", closed + ""),
                    REMOTE,
                    closed.toString(),
                    "cannot be used",
                    "read-only");
        }
        assertThat(Folders.files(temp.resolve("open"))).isZero();
    }

    @Test
    void config_corrupt_namesFileLineAndWhatIsAllowed() throws Exception {
        String config = Files.readString(pool.config());
        long line = config.lines().count() + 1;
        assertConfigRefused(config + "chnk_size: 3M\n", pool.config() + ":" + line, "chnk_size", "chunk_size");
        assertConfigRefused(config + "fsync: perhaps\n", pool.config() + ":" + line, "perhaps", "remote", "local");
        assertConfigRefused(config + "x: [[\n", pool.config() + ":", "not YAML");
        assertConfigRefused(
                config.replace("\"crypt-remote2:\"", "\"nowhere:\""),
                pool.config().toString(),
                "nowhere:",
                "crypt-remote1:");
        assertConfigRefused(
                config.replace("\"crypt-remote2:\"", "\"crypt-remote1:\""),
                pool.config() + ":",
                "crypt-remote1:",
                "twice");
    }

    private void assertConfigRefused(String text, String... words) throws IOException {
        try (Fault fault = Faults.changed(pool.config(), text.getBytes(StandardCharsets.UTF_8))) {
            assertRefused(pool.tryMount(), CONFIG, words);
        }
    }

    @Test
    void flagsAndVariablesThatFakeTransfers_areRefusedByName() throws Exception {
        String config = Files.readString(pool.config());
        assertConfigRefused(config + "rclone_flags: [\"--dry-run\"]\n", "rclone_flags", "--dry-run");
        pool.machine.runBehind(List.of("env", "RCLONE_IGNORE_EXISTING=true"));
        try {
            assertRefused(pool.tryMount(), CONFIG, "RCLONE_IGNORE_EXISTING");
        } finally {
            pool.machine.runBehind(List.of());
        }
    }

    @Test
    void rclone_absent_saysHowToGetIt() throws Exception {
        String config =
                Files.readString(pool.config()).replaceAll("(?m)^rclone_binary:.*$", "rclone_binary: /no/rclone");
        assertConfigRefused(config, "/no/rclone", "install", "rclone_binary");
        assertRefused(
                poolfs("init", "other", "--yes", "--rclone-binary", "/no/rclone", "--local", temp.resolve("new") + ""),
                CONFIG,
                "/no/rclone",
                "install");
    }

    @Test
    void mountPoint_absentNoDirectoryOrNotEmpty_isRefused() throws Exception {
        Path absent = temp.resolve("absent");
        assertRefused(poolfs("mount", absent.toString()), NOT_FOUND, absent.toString(), "mkdir");
        Path full = Files.createDirectories(temp.resolve("full"));
        Path file = Files.writeString(full.resolve("file"), "here");
        assertRefused(poolfs("mount", full.toString()), FAILED, full.toString(), "not empty");
        assertRefused(poolfs("mount", file.toString()), FAILED, file.toString(), "not a directory");
        assertThat(file).hasContent("here");
    }

    @Test
    void fuseDevice_absent_isNamedWithTheWayOut() throws Exception {
        pool.machine.runBehind(Faults.withoutFuse());
        try {
            assertRefused(pool.tryMount(), FAILED, "/dev/fuse", "modprobe fuse", "--device /dev/fuse");
            Shell.Result checked = poolfs("check");
            assertThat(checked.exit()).isEqualTo(DAMAGED);
            assertThat(checked.out()).contains("/dev/fuse does not exist", "--device /dev/fuse");
        } finally {
            pool.machine.runBehind(List.of());
            // The right to write was asked for before the mount: remotes carry that.
            before = pool.untouched();
        }
    }

    @Test
    void tmpfs_ofAFewMegabytes_isRefusedWithTheFigures() throws Exception {
        for (String size : List.of("512K", "4M")) {
            Path small = temp.resolve("tmpfs" + size);
            try (Fault fault = Faults.tmpfs(small, size)) {
                String config = Files.readString(pool.config())
                        .replaceAll("(?m)^cache_dir:.*$", "cache_dir: " + small.resolve("cache"));
                String figure = size.equals("4M") ? "4.0 MiB" : "512 KiB";
                assertConfigRefused(
                        config, small.toString(), "tmpfs of " + figure, "remount", "--shm-size", "cache_dir");
                assertRefused(
                        poolfs(
                                "init",
                                "other",
                                "--yes",
                                "--local",
                                temp.resolve("new") + "",
                                "--cache-dir",
                                small + "/c"),
                        CONFIG,
                        "tmpfs of " + figure);
            }
        }
    }

    private Shell.Result poolfs(String... arguments) {
        return pool.machine.poolfs(arguments);
    }
}
