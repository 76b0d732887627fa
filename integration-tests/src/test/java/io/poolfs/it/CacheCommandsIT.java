package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code warm}, {@code pin}, {@code unpin} and {@code evict}, on a pool whose remotes go away. */
class CacheCommandsIT {
    private static final int FILE_BYTES = 3_000_000;

    @TempDir
    private Path temp;

    private final Map<String, String> digests = new HashMap<>();
    private Machine machine;
    private List<Path> folders;

    @BeforeEach
    void makePool() throws IOException {
        machine = new Machine(temp.resolve("machine"));
        folders = Folders.make(temp, 2);
        machine.init("media", folders, "--chunk-size", "1M", "--cache-size", "24M");
        machine.configure("media", "remote_timeout: 1s", "stop_drain_timeout: 1s");
    }

    @AfterEach
    void end() {
        machine.close();
    }

    @Test
    void pinnedFiles_withoutAnyRemoteAndOverARestart_areRead() throws Exception {
        Path mount = machine.mount("mnt");
        Files.createDirectories(mount.resolve("kept/deep"));
        for (String name : List.of("kept/one", "kept/deep/two", "other")) {
            digests.put(name, RandomFiles.write(mount.resolve(name), name.hashCode(), FILE_BYTES));
        }
        machine.unmount(mount);
        machine.coldCache("media");
        machine.mount("mnt");

        String warmed = machine.poolfs("warm", "/other", "--json").orFail().out();
        assertThat(warmed).contains("\"files\" : 1", "\"moved_bytes\" : " + FILE_BYTES, "\"failed\" : [ ]");
        assertThat(machine.poolfs("evict", "/", "--json").orFail().out()).contains("\"files\" : 3");
        assertThat(cached(mount.resolve("other"))).isEqualTo("0 of " + FILE_BYTES);

        assertThat(machine.poolfs("pin", "/kept").orFail().out()).contains("2 files", "pinned");
        assertThat(cached(mount.resolve("kept/deep/two"))).endsWith(" of " + FILE_BYTES + ", pinned");
        assertThat(machine.poolfs("status").orFail().out()).contains("2 files pinned");
        Shell.Result tooMuch = fill(mount);
        assertThat(tooMuch.exit()).isEqualTo(8);
        assertThat(tooMuch.err()).contains("half of cache_size", "unpin");

        away();
        assertReadable(mount);
        machine.unmount(mount);
        machine.mount("mnt");
        assertThat(machine.poolfs("evict", "/kept/one").err()).contains("pinned");
        assertReadable(mount);
        assertThat(machine.poolfs("pin", "--json").orFail().out()).contains("/kept/one", "/kept/deep/two");

        machine.poolfs("unpin", "/").orFail();
        machine.poolfs("evict", "/kept").orFail();
        Shell.Result failed = machine.poolfs("warm", "/kept/one");
        assertThat(failed.succeeded()).isFalse();
        assertThat(failed.err()).contains("/kept/one");
    }

    /** Pins more than there may be. */
    private Shell.Result fill(Path mount) throws IOException {
        RandomFiles.write(mount.resolve("large"), 9, 9_000_000);
        machine.poolfs("flush").orFail();
        return machine.poolfs("pin", "/large");
    }

    private void assertReadable(Path mount) throws IOException {
        for (String name : List.of("kept/one", "kept/deep/two")) {
            assertThat(RandomFiles.digest(mount.resolve(name))).isEqualTo(digests.get(name));
        }
    }

    private void away() throws IOException {
        for (Path folder : folders) {
            Files.move(folder, folder.resolveSibling(folder.getFileName() + "-away"));
        }
    }

    private String cached(Path file) throws IOException {
        return new String((byte[]) Files.getAttribute(file, "user:poolfs.cached"), StandardCharsets.UTF_8);
    }
}
