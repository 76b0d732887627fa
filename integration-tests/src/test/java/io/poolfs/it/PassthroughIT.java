package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Files that the kernel reads, and maps, from their images without asking. Only root may. */
@Execution(ExecutionMode.CONCURRENT)
@Order(6)
class PassthroughIT {
    private static final int OLDEST_KERNEL = 6009;

    private static final Pattern HASHED = Pattern.compile("\"([a-z]+-[a-z]+)\": \"([0-9a-f]{64})\"");

    @TempDir
    Path temp;

    @BeforeEach
    void needPassthrough() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        String[] kernel = System.getProperty("os.version").split("[^0-9]+");
        int version = Integer.parseInt(kernel[0]) * 1000 + Integer.parseInt(kernel[1]);
        assumeTrue(version >= OLDEST_KERNEL, "needs Linux 6.9");
    }

    @Test
    void everyPairOfOpens_changesTheSameContent() throws Exception {
        Path script = script("pairs.py");
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", Folders.make(temp, 3));
            Path mount = machine.mount("mnt");
            Shell.bash(temp, "python3 " + script + " " + mount + " make");
            machine.poolfs("flush").orFail();
            Shell.bash(temp, "python3 " + script + " " + mount + " warm");

            Map<String, String> expected = new TreeMap<>();
            HASHED.matcher(Shell.bash(temp, "python3 " + script + " " + mount + " run"))
                    .results()
                    .forEach(each -> expected.put(each.group(1), each.group(2)));
            assertThat(expected).hasSize(49);
            machine.poolfs("flush").orFail();

            machine.kill(mount);
            machine.loseTmpfs();
            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(expected);
            machine.unmount(mount);
        }
    }

    @Test
    void mappedFile_changedUnseen_survivesTheDaemon() throws Exception {
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", Folders.make(temp, 3));
            Path mount = machine.mount("mnt");
            Path local = temp.resolve("local");
            RandomFiles.write(local, 7, 5_000_000);
            Files.copy(local, mount.resolve("file"));
            machine.poolfs("flush").orFail();
            RandomFiles.digest(mount.resolve("file"));
            try (Mapping mapping = new Mapping(mount.resolve("file"), true)) {
                assertThat(mapping.ask("write")).isEqualTo("written");
                machine.kill(mount);
            }
            try (RandomAccessFile file = new RandomAccessFile(local.toFile(), "rw")) {
                file.seek(1_000_000);
                file.write("change".getBytes(StandardCharsets.US_ASCII));
            }

            mount = machine.mount("mnt");
            assertThat(RandomFiles.digest(mount.resolve("file"))).isEqualTo(RandomFiles.digest(local));
            machine.poolfs("flush").orFail();
            machine.unmount(mount);
            machine.coldCache("media");
            mount = machine.mount("mnt");
            assertThat(RandomFiles.digest(mount.resolve("file"))).isEqualTo(RandomFiles.digest(local));
            machine.unmount(mount);
        }
    }

    @Test
    void mappedFile_whoseDescriptorIsClosed_keepsItsBytes() throws Exception {
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", Folders.make(temp, 3));
            machine.configure("media", "chunk_size: 2M", "cache_size: 16M");
            Path mount = machine.mount("mnt");
            String digest = RandomFiles.write(mount.resolve("file"), 8, 5_000_000);
            machine.poolfs("flush").orFail();
            RandomFiles.digest(mount.resolve("file"));
            try (Mapping mapping = new Mapping(mount.resolve("file"), false)) {
                RandomFiles.digest(mount.resolve("file"));
                String other = RandomFiles.write(mount.resolve("other"), 9, 40_000_000);
                machine.poolfs("flush").orFail();
                assertThat(RandomFiles.digest(mount.resolve("other"))).isEqualTo(other);

                assertThat(mapping.ask("hash")).isEqualTo(digest);
            }
            machine.unmount(mount);
        }
    }

    private Path script(String name) throws IOException {
        try (InputStream text = PassthroughIT.class.getResourceAsStream(name)) {
            Path script = temp.resolve(name);
            Files.copy(text, script);
            return script;
        }
    }

    /** Another program that has the file mapped. */
    private final class Mapping implements AutoCloseable {
        private final Process program;
        private final BufferedReader answers;

        Mapping(Path file, boolean writable) throws IOException {
            program = new ProcessBuilder(
                            "python3", script("mapping.py").toString(), file.toString(), writable ? "write" : "read")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = program.inputReader();
            assertThat(answers.readLine()).isEqualTo("mapped");
        }

        String ask(String question) throws IOException {
            program.outputWriter().write(question + "\n");
            program.outputWriter().flush();
            return answers.readLine();
        }

        @Override
        public void close() throws Exception {
            program.destroyForcibly().waitFor();
        }
    }
}
