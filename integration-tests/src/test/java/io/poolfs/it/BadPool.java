package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A pool with content that is on its remotes, to do bad things to, and what must still be there afterwards. */
final class BadPool implements AutoCloseable {
    static final String NAME = "media";

    final Path root;
    final Machine machine;
    final List<Path> remotes;
    final Path passwordFile;
    final Map<String, String> content = new TreeMap<>();

    /**
     * @param encrypted else the objects on the remotes can be found by their names
     * @param tune changes the configuration before anything is mounted
     */
    BadPool(Path root, List<Path> remotes, boolean encrypted, Consumer<Machine> tune) throws IOException {
        this.root = root;
        this.remotes = remotes;
        this.machine = new Machine(root.resolve("machine"));
        this.passwordFile = Files.writeString(root.resolve("password"), "a good password\nand its salt\n");
        List<String> init = new ArrayList<>(List.of("init", NAME, "--yes"));
        init.addAll(List.of("--cache-dir", machine.cache().resolve(NAME).toString()));
        remotes.forEach(folder -> init.addAll(List.of("--local", folder.toString())));
        init.addAll(encrypted ? List.of("--password-file", passwordFile.toString()) : List.of("--no-encrypt"));
        machine.poolfs(init.toArray(String[]::new)).orFail();
        machine.configure(NAME, Machine.SETTLE, "remote_timeout: 3s", "chunk_size: 1M");
        tune.accept(machine);
        Path mount = machine.mount("mnt");
        Files.createDirectories(mount.resolve("d"));
        for (int i = 0; i < 5; i++) {
            put(mount, "d/file" + i, 3_000L + 700_000L * i);
        }
        machine.unmount(mount);
    }

    /** Writes a file of random bytes and remembers its digest. */
    void put(Path mount, String name, long sizeBytes) throws IOException {
        content.put(name, RandomFiles.write(mount.resolve(name), content.size(), sizeBytes));
    }

    Path config() {
        return machine.configFile(NAME);
    }

    Path rcloneConfig() {
        return Path.of(machine.environment("RCLONE_CONFIG"));
    }

    /** What lies on the remotes and in the configuration, byte for byte. */
    Map<String, String> untouched() throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (Path remote : remotes) {
            RandomFiles.tree(remote).forEach((name, digest) -> all.put(remote.getFileName() + "/" + name, digest));
        }
        all.put("configuration", RandomFiles.digest(config()));
        all.put("rclone.conf", Files.exists(rcloneConfig()) ? RandomFiles.digest(rcloneConfig()) : "");
        return all;
    }

    /** {@code poolfs mount}, whatever comes of it. */
    Shell.Result tryMount(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("mount"));
        arguments.add(Files.createDirectories(root.resolve("machine/mnt")).toString());
        arguments.addAll(Arrays.asList(more));
        return machine.poolfs(arguments.toArray(String[]::new));
    }

    /** The pool as it is without any fault: everything is there, byte for byte. */
    void assertWhole() throws IOException {
        machine.unmountAll();
        Path mount = machine.mount("mnt");
        try {
            assertThat(RandomFiles.tree(mount)).isEqualTo(content);
        } finally {
            machine.unmount(mount);
        }
    }

    /** A clear message, the exit status that belongs to it, and no trace of the program's inside. */
    static void assertRefused(Shell.Result result, int exit, String... words) {
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.err()).contains(words).doesNotContain("Exception").doesNotContain("\tat ");
    }

    @Override
    public void close() {
        machine.close();
    }
}
