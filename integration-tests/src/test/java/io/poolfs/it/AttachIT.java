package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A pool taken up on a new machine, where nothing but its remotes, under other names, and its password exist. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(8)
class AttachIT {
    private static final String PASSWORD = "correct horse";
    private static final String SALT = "battery staple";

    private final Map<String, String> written = new TreeMap<>();
    private List<Path> folders = List.of();
    private Path temp;
    private Path passwordFile;
    private Machine old;
    private Machine fresh;
    private int machines;

    @BeforeAll
    void makePool(@TempDir Path directory) throws Exception {
        temp = directory;
        folders = Folders.make(temp, 3);
        passwordFile = Files.writeString(temp.resolve("password"), PASSWORD + "\n" + SALT + "\n");
        old = new Machine(temp.resolve("old"));
        knowRemotes(old, "alpha", folders.get(0), "beta", folders.get(1), "gamma", folders.get(2));
        old.poolfs(withCache(
                        old,
                        "init",
                        "media",
                        "--yes",
                        "--password-file",
                        passwordFile.toString(),
                        "--remote",
                        "alpha:",
                        "beta:",
                        "gamma:"))
                .orFail();
        old.configure("media", "chunk_size: 1M", Machine.SETTLE);
        Path mount = old.mount("mnt");
        Files.createDirectories(mount.resolve("d"));
        written.put("d/large", RandomFiles.write(mount.resolve("d/large"), 1, 9_000_000));
        for (int i = 0; i < 10; i++) {
            written.put("d/small" + i, RandomFiles.write(mount.resolve("d/small" + i), i, 700L * i));
        }
        old.unmount(mount);
    }

    @BeforeEach
    void startAnew() throws Exception {
        fresh = new Machine(temp.resolve("new" + ++machines));
        knowRemotes(fresh, "drei", folders.get(2), "eins", folders.get(0), "zwei", folders.get(1));
    }

    @AfterEach
    void loseIt() {
        fresh.close();
    }

    @AfterAll
    void end() {
        old.close();
    }

    @Test
    void attach_passwordPromptedAndOtherNames_hasEveryFile() throws Exception {
        try (Terminal terminal = fresh.onTerminal(
                withCache(fresh, "attach", "films", "--encrypt", "--remote", "zwei:", "drei:", "eins:"))) {
            terminal.answer("Password", PASSWORD).answer("Salt", SALT);

            assertThat(terminal.awaitEnd()).describedAs(terminal.screen()).isZero();
            assertThat(terminal.screen())
                    .contains("attached the pool")
                    .doesNotContain(PASSWORD)
                    .doesNotContain(SALT);
        }
        assertThat(RandomFiles.tree(mount())).isEqualTo(written);
    }

    @Test
    void attach_kit_hasEveryFile() throws Exception {
        Path kit = temp.resolve("kit");
        old.poolfs("kit", kit.toString()).orFail();
        assertThat(Shell.bash(temp, "stat -c %a kit").trim()).isEqualTo("600");

        fresh.poolfs(withCache(fresh, "attach", "--kit", kit.toString(), "--remote", "eins:", "zwei:", "drei:"))
                .orFail();

        assertThat(RandomFiles.tree(mount())).isEqualTo(written);
    }

    @Test
    void attach_remoteLeftOut_isNamedAndTheRestIsReadable() throws Exception {
        fresh.setEnvironment("POOLFS_CRYPT_PASSWORD", PASSWORD);
        fresh.setEnvironment("POOLFS_CRYPT_SALT", SALT);
        fresh.poolfs(withCache(fresh, "attach", "--remote", "eins:", "zwei:")).orFail();
        Path mount = mount();

        assertThat(fresh.poolfs("status").orFail().out()).containsPattern("crypt-gamma: +none +missing");
        List<String> affected = fresh.poolfs("status", "--affected", "crypt-gamma:")
                .orFail()
                .out()
                .lines()
                .toList();
        assertThat(affected).contains("/d/large").hasSizeLessThan(written.size());
        for (Map.Entry<String, String> file : written.entrySet()) {
            Path path = mount.resolve(file.getKey());
            if (affected.contains("/" + file.getKey())) {
                assertThat(Shell.run(Map.of(), temp, List.of("cat", path.toString()))
                                .err())
                        .contains("Input/output error");
            } else {
                assertThat(RandomFiles.digest(path)).isEqualTo(file.getValue());
            }
        }
        assertThat(Files.size(mount.resolve("d/large"))).isEqualTo(9_000_000);
    }

    @Test
    void attach_whatCannotBe_isRefusedAndWritesNothing() throws Exception {
        Files.writeString(temp.resolve("wrong"), "other\n" + SALT + "\n");
        Files.writeString(temp.resolve("unsalted"), PASSWORD + "\n");
        makeOtherPool();
        Map<String, String> before = RandomFiles.tree(temp);
        String known = rcloneRemotes();

        refused("eins: can be decrypted: wrong password", "--password-file", "wrong", "--remote", "eins:");
        refused("eins: can be decrypted: wrong password", "--password-file", "unsalted", "--remote", "eins:");
        refused("no pool on eins:", "--remote", "eins:");
        refused("no pool on leer:", "--password-file", "password", "--remote", "eins:", "leer:");
        refused("andere: belongs to the pool", "--password-file", "password", "--remote", "eins:", "andere:");
        refused("eins: was named twice", "--password-file", "password", "--remote", "eins:", "eins:");
        refused("no remote \"nix:\"", "--password-file", "password", "--remote", "nix:");

        assertThat(rcloneRemotes()).isEqualTo(known);
        Map<String, String> after = RandomFiles.tree(temp);
        // rclone writes its file anew, with other blank lines.
        String configuration = "new" + machines + "/home/rclone.conf";
        before.remove(configuration);
        after.remove(configuration);
        after.keySet().removeIf(file -> file.startsWith("new" + machines + "/xdg-cache/"));
        assertThat(after).isEqualTo(before);
    }

    private Path mount() throws IOException {
        try (Stream<Path> files = Files.list(fresh.configFile("x").getParent())) {
            String name = files.findFirst().orElseThrow().getFileName().toString();
            fresh.configure(name.replace(".yaml", ""), Machine.SETTLE);
        }
        return fresh.mount("mnt");
    }

    private void refused(String message, String... arguments) {
        List<String> words = new ArrayList<>(List.of("attach"));
        for (String argument : arguments) {
            words.add(
                    List.of("wrong", "unsalted", "password").contains(argument)
                            ? temp.resolve(argument).toString()
                            : argument);
        }
        Shell.Result result = fresh.poolfs(words.toArray(String[]::new));
        assertThat(result.exit()).describedAs("%s", result).isNotZero();
        assertThat(result.err()).contains(message);
    }

    private String rcloneRemotes() {
        return fresh.run("rclone", "config", "dump").orFail().out();
    }

    /** Another pool under the same password, known to the new machine as {@code andere}; {@code leer} is empty. */
    private void makeOtherPool() throws IOException {
        Path foreign = Files.createDirectories(temp.resolve("foreign"));
        knowRemotes(old, "foreign", foreign);
        old.poolfs(withCache(
                        old,
                        "init",
                        "other",
                        "--yes",
                        "--password-file",
                        passwordFile.toString(),
                        "--remote",
                        "foreign:"))
                .orFail();
        knowRemotes(fresh, "andere", foreign, "leer", Files.createDirectories(temp.resolve("empty")));
    }

    private static String[] withCache(Machine machine, String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of(
                "--cache-dir", machine.cache().resolve("c" + words.get(1)).toString()));
        return words.toArray(String[]::new);
    }

    /** Adds alias remotes to the machine's rclone configuration: name, folder, name, folder … */
    private static void knowRemotes(Machine machine, Object... namesAndFolders) throws IOException {
        StringBuilder text = new StringBuilder();
        Path file = machine.home().resolve("rclone.conf");
        if (Files.exists(file)) {
            text.append(Files.readString(file));
        }
        for (int i = 0; i < namesAndFolders.length; i += 2) {
            text.append("\n[%s]\ntype = alias\nremote = %s\n".formatted(namesAndFolders[i], namesAndFolders[i + 1]));
        }
        Files.writeString(file, text);
    }
}
