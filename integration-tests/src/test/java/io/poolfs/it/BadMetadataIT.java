package io.poolfs.it;

import static io.poolfs.it.BadPool.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.poolfs.it.Faults.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Metadata that is damaged, of a newer format, or held by somebody else. Whatever happened, nothing is lost by it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(5)
class BadMetadataIT {
    private static final int FAILED = 1;
    private static final int BUSY = 6;
    private static final int DAMAGED = 7;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Path temp;
    private BadPool pool;

    @BeforeAll
    void makePool(@TempDir Path directory) throws Exception {
        temp = directory;
        pool = new BadPool(
                temp, Folders.make(temp, 3), false, machine -> machine.configure(BadPool.NAME, "ship_interval: 30s"));
    }

    @AfterEach
    void unmount() {
        pool.machine.unmountAll();
    }

    @AfterAll
    void everythingIsThere() throws Exception {
        try {
            pool.assertWhole();
        } finally {
            pool.close();
        }
    }

    @Test
    void segment_damagedOnOneRemote_isNamedAndDoesNoHarm() throws Exception {
        Path mount = pool.machine.mount("mnt");
        pool.put(mount, "behind-the-checkpoint", 5_000);
        pool.machine.poolfs("flush").orFail();
        Path segment = newestSegment(pool.remotes.get(1));
        byte[] flipped = Files.readAllBytes(segment);
        flipped[flipped.length / 2] ^= 0x55;
        try (Fault fault = Faults.changed(segment, flipped)) {
            assertFound("other content", segment);
            pool.machine.kill(mount);
        }
        try (Fault fault = Faults.changed(segment, Arrays.copyOf(flipped, 40))) {
            assertFound("40 bytes in place of " + flipped.length, segment);
            pool.machine.loseState(BadPool.NAME);
            pool.machine.poolfs("recover").orFail();
        }
    }

    private void assertFound(String how, Path segment) {
        Shell.Result checked = pool.machine.poolfs("fsck");
        assertThat(checked.exit()).as("%s", checked).isEqualTo(DAMAGED);
        assertThat(checked.out()).contains("/" + segment.getFileName(), "on " + pool.remotes.get(1), how, "delete");
    }

    @Test
    void segment_damagedOnAllRemotes_stopsBeforeItAndSaysSo() throws Exception {
        Path mount = pool.machine.mount("mnt");
        pool.put(mount, "in-the-damaged-segment", 5_000);
        pool.machine.poolfs("flush").orFail();
        pool.machine.kill(mount);
        pool.machine.loseState(BadPool.NAME);
        List<Fault> faults = new ArrayList<>();
        String name = "";
        for (Path remote : pool.remotes) {
            Path segment = newestSegment(remote);
            name = "/" + segment.getFileName();
            faults.add(Faults.changed(segment, Arrays.copyOf(Files.readAllBytes(segment), 40)));
        }
        try (Fault fault = Faults.all(faults)) {
            Shell.Result recovered = pool.machine.poolfs("recover");
            assertThat(recovered.exit()).as("%s", recovered).isEqualTo(DAMAGED);
            assertThat(recovered.out()).contains(name, "read-only", "--accept-loss");
        }
    }

    @Test
    void format_newerThanThisProgram_isRefused() throws Exception {
        List<Fault> faults = new ArrayList<>();
        for (Path remote : pool.remotes) {
            Path marker = remote.resolve("poolfs_manifests/remote.json");
            String newer = Files.readString(marker).replaceAll("\"format\" ?: ?1", "\"format\":2");
            faults.add(Faults.changed(marker, newer.getBytes(StandardCharsets.UTF_8)));
        }
        try (Fault fault = Faults.all(faults)) {
            assertRefused(pool.tryMount(), FAILED, "format 2", "install a newer poolfs");
            assertRefused(pool.machine.poolfs("recover"), FAILED, "format 2", "install a newer poolfs");
            assertRefused(
                    pool.machine.poolfs(
                            "attach", "other", "--remote", pool.remotes.get(0).toString()),
                    FAILED,
                    "format 2",
                    "install a newer poolfs");
        }
    }

    @Test
    void mount_tooFewRemotesAfterLostState_isReadOnlyAndSaysSo() throws Exception {
        pool.machine.loseState(BadPool.NAME);
        try (Fault fault = Faults.unplugged(pool.remotes.subList(0, 2))) {
            Path point = Files.createDirectories(temp.resolve("machine/mnt"));
            Shell.Result mounted = pool.tryMount().orFail();
            assertThat(mounted.out()).contains("READ-ONLY");
            assertThat(mounted.err())
                    .contains("--accept-loss", pool.remotes.get(0).toString());
            Path mount = pool.machine.mounted(point);
            assertThat(mount.resolve("d/file0")).exists();
            assertThatThrownBy(() -> Files.writeString(mount.resolve("new"), "x"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Read-only");
            pool.machine.unmount(mount);
        }
    }

    @Test
    void mount_anotherStateDirectoryMayHoldMore_isRefusedNamingIt() throws Exception {
        Path mount = pool.machine.mount("mnt");
        try (Fault fault = Faults.unplugged(pool.remotes)) {
            pool.put(mount, "only-here", 20_000);
            pool.machine.poolfs("umount", "--now", mount.toString());
        }
        List<String> attach = new ArrayList<>(List.of("attach", "second", "--cache-dir"));
        attach.add(pool.machine.cache().resolve("second").toString());
        attach.add("--remote");
        pool.remotes.forEach(remote -> attach.add(remote.toString()));
        pool.machine.poolfs(attach.toArray(String[]::new)).orFail();
        try {
            pool.machine.configure("second", Machine.SETTLE);
            pool.machine.setEnvironment("POOLFS_POOL", "second");
            assertRefused(
                    pool.tryMount(),
                    BUSY,
                    pool.machine.stateDir(BadPool.NAME).toString(),
                    "never reached",
                    "--take-over");
        } finally {
            pool.machine.setEnvironment("POOLFS_POOL", BadPool.NAME);
            Files.delete(pool.machine.configFile("second"));
        }
        pool.assertWhole(); // from there it goes on
    }

    @Test
    void mount_heldByAnotherMachine_isRefusedAndTheLoserKeepsItsFiles() throws Exception {
        List<String> elsewhere = Faults.asMachine("elsewhere");
        Path mount = pool.machine.mount("mnt");
        try (Machine second = new Machine(temp.resolve("second"))) {
            second.runBehind(elsewhere);
            List<String> attach = new ArrayList<>(List.of("attach", BadPool.NAME, "--cache-dir"));
            attach.add(second.cache().resolve("media").toString());
            attach.add("--remote");
            pool.remotes.forEach(remote -> attach.add(remote.toString()));
            second.poolfs(attach.toArray(String[]::new)).orFail();
            second.configure(BadPool.NAME, Machine.SETTLE);
            String host = Shell.bash(temp, "hostname").strip();
            Path point = Files.createDirectories(temp.resolve("second/mnt"));
            assertRefused(
                    second.poolfs("mount", point.toString()),
                    BUSY,
                    "held by a mount on " + host,
                    "process",
                    "--take-over");

            String digest = RandomFiles.write(mount.resolve("committed"), 77, 300_000);
            await().atMost(PATIENCE)
                    .until(() -> pool.machine.poolfs("staged").orFail().out().contains("not shipped"));
            second.poolfs("mount", "--take-over", point.toString()).orFail();

            assertRefused(pool.machine.poolfs("flush", "--timeout", "30s"), BUSY, "taken over", "read-only");
            assertThatThrownBy(() -> Files.writeString(mount.resolve("new"), "x"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Read-only");
            Path saved = temp.resolve("saved");
            pool.machine.poolfs("staged", "--save", saved.toString()).orFail();
            assertThat(RandomFiles.digest(saved.resolve("committed"))).isEqualTo(digest);
            pool.machine.unmount(mount);
            second.poolfs("umount", point.toString()).orFail();
        }
        // Histories have parted: what the loser has is set aside, and it goes on with what the remotes have.
        pool.machine.poolfs("recover").orFail();
    }

    /** Of the newest epoch: those of a loser are void. */
    private static Path newestSegment(Path remote) throws IOException {
        return files(remote.resolve("poolfs_manifests/journal"))
                .max(Comparator.comparingLong((Path file) -> number(file.getParent()))
                        .thenComparingLong(BadMetadataIT::number))
                .orElseThrow();
    }

    /** With which the file's name begins. */
    private static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().split("-")[0]);
    }

    private static Stream<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList().stream();
        }
    }
}
