package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The main job, end to end: a pool over local folders, used, killed, recovered, and attached on another machine. */
@Execution(ExecutionMode.CONCURRENT)
@Order(6)
class PoolIT {
    @TempDir
    Path temp;

    @Test
    void mount_filesCopiedInAndRemounted_areThere() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            Path mount = machine.mount("mnt");
            Map<String, String> written = writeSome(mount, 1);
            machine.unmount(mount);

            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(written);
            // Without them a daemon hashes ten times slower, and nothing else would show it.
            Path memory = Path.of("/proc", Long.toString(machine.daemonPid()), "maps");
            await().untilAsserted(
                            () -> assertThat(Files.readString(memory)).contains("libamazonCorrettoCryptoProvider"));
        }
    }

    @Test
    void commands_onAMountedPool_areSeenThroughTheMountAtOnce() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            Path mount = machine.mount("mnt");
            Path local = Files.writeString(temp.resolve("local"), "first");
            assertThat(Shell.bash(mount, "ls; stat made moved up 2>/dev/null || true")
                            .strip())
                    .isEmpty();

            machine.poolfs("mkdir", "/made").orFail();
            machine.poolfs("upload", local.toString(), "/up").orFail();
            assertThat(Shell.bash(mount, "ls; cat up")).isEqualTo("made\nup\nfirst");

            Files.writeString(local, "second, longer");
            machine.poolfs("delete", "/up").orFail();
            machine.poolfs("upload", local.toString(), "/up").orFail();
            machine.poolfs("mv", "/made", "/moved").orFail();
            assertThat(Shell.bash(mount, "ls; cat up")).isEqualTo("moved\nup\nsecond, longer");

            machine.poolfs("delete", "/up").orFail();
            assertThat(mount.resolve("up")).doesNotExist();
            machine.unmount(mount);
        }
    }

    @Test
    void copy_insideThePool_movesNoBytes() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            Path mount = machine.mount("mnt");
            String digest = RandomFiles.write(mount.resolve("large"), 5, 20_000_000);
            machine.poolfs("flush").orFail();
            long before = usedBytes(remotes);

            Shell.bash(mount, "cp large copy; printf change | dd of=copy conv=notrunc bs=1 seek=9000000 status=none");
            Shell.bash(mount, "cp large copy2; rm large");
            machine.poolfs("flush").orFail();

            assertThat(usedBytes(remotes) - before).isLessThan(2_000_000);
            machine.unmount(mount);
            machine.loseTmpfs();
            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).containsEntry("copy2", digest);
            assertThat(Shell.bash(mount, "(cmp -l copy copy2 || true) | wc -l").trim())
                    .isEqualTo("6");
            machine.unmount(mount);
        }
    }

    private static long usedBytes(List<Path> remotes) throws Exception {
        long bytes = 0;
        for (Path remote : remotes) {
            bytes += Long.parseLong(Shell.bash(remote, "du -sb . | cut -f 1").trim());
        }
        return bytes;
    }

    @Test
    void kill_afterClose_losesNothing() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            Path mount = machine.mount("mnt");
            Map<String, String> written = writeSome(mount, 2);
            machine.kill(mount);

            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(written);
        }
    }

    @Test
    void mount_localStateGone_recoversWhatWasFlushed() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            Path mount = machine.mount("mnt");
            Map<String, String> written = writeSome(mount, 3);
            machine.poolfs("flush").orFail();
            machine.kill(mount);
            machine.loseTmpfs();
            machine.loseState("media");

            // The holder ran on this machine and is dead: nobody has to be asked.
            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(written);
            Files.delete(mount.resolve("d/large"));
        }
    }

    @Test
    void mount_oneOfThreeRemotesGoneAndStateGone_stillLists() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            Path mount = machine.mount("mnt");
            Map<String, String> written = writeSome(mount, 4);
            machine.unmount(mount);
            machine.loseTmpfs();
            machine.loseState("media");
            Files.move(remotes.get(1), temp.resolve("elsewhere"));

            mount = machine.mount("mnt");
            Path root = mount;
            assertThat(Shell.bash(mount, "find . -type f | wc -l").trim()).isEqualTo("" + written.size());
            assertThat(Files.readAttributes(root.resolve("d/large"), "size").get("size"))
                    .isEqualTo(30_000_000L);
        }
    }

    private static Map<String, String> writeSome(Path mount, long seed) throws Exception {
        Map<String, String> digests = new TreeMap<>();
        Files.createDirectories(mount.resolve("d/deep"));
        digests.put("d/large", RandomFiles.write(mount.resolve("d/large"), seed, 30_000_000));
        for (int i = 0; i < 40; i++) {
            String name = "d/deep/small" + i;
            digests.put(name, RandomFiles.write(mount.resolve(name), seed + i, 1000L * i));
        }
        return digests;
    }
}
