package io.poolfs.it;

import static io.poolfs.it.BadPool.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.poolfs.it.Faults.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Remotes and a cache that fail under a mount, or before it. What was there and what was written is there afterwards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(4)
class BadRemotesIT {
    private static final int REMOTE = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String ROOM = "48M";
    private static final long MIB = 1 << 20;

    private final List<Fault> fileSystems = new ArrayList<>();
    private Path temp;
    private BadPool pool;

    @BeforeAll
    void makePool(@TempDir Path directory) throws Exception {
        Faults.needRoot();
        temp = directory;
        List<Path> remotes = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            Path folder = temp.resolve("remote" + i);
            fileSystems.add(Faults.tmpfs(folder, ROOM));
            // A folder below, so that it can be away as an unplugged disk's.
            remotes.add(Files.createDirectories(folder.resolve("pool")));
        }
        Path cache = temp.resolve("cache");
        fileSystems.add(Faults.tmpfs(cache, "32M"));
        pool = new BadPool(temp, remotes, true, machine -> {
            machine.configure(BadPool.NAME, "cache_size: 24M", "fsync_timeout: 1s", "cache_dir: " + cache.resolve("c"));
            machine.limitRemotes(BadPool.NAME, "min_free: 2M");
        });
    }

    @AfterEach
    void unmount() {
        pool.machine.unmountAll();
    }

    /** What all these tests wrote, too. */
    @AfterAll
    void everythingIsThere() throws Exception {
        try {
            if (pool != null) {
                Machine.deleteTree(temp.resolve("cache/c"));
                pool.assertWhole();
                pool.close();
            }
        } finally {
            fileSystems.forEach(Fault::close);
        }
    }

    @Test
    void oneDiskUnplugged_isNamedAndTheOthersTakeOver() throws Exception {
        Path gone = pool.remotes.get(1);
        try (Fault fault = Faults.unplugged(List.of(gone))) {
            Shell.Result mounted = pool.tryMount().orFail();
            Path mount = pool.machine.mounted(temp.resolve("machine/mnt"));
            assertThat(mounted.err()).contains("crypt-pool-2:", gone.toString(), "unplugged");
            assertThat(gone).doesNotExist();
            pool.put(mount, "meanwhile", 3_000_000);
            pool.machine.poolfs("flush").orFail();
            pool.machine.unmount(mount);
            assertThat(gone).doesNotExist();
        }
    }

    @Test
    void oneRemoteRefusesWrites_theOthersTakeOver() throws Exception {
        try (Fault fault = Faults.readOnly(pool.remotes.subList(1, 2))) {
            Path mount = pool.machine.mount("mnt");
            pool.put(mount, "past-the-read-only-one", 3_000_000);
            pool.machine.poolfs("flush").orFail();
            Shell.Result tested = pool.machine.poolfs("remote", "test");
            assertThat(tested.exit()).isEqualTo(REMOTE);
            assertThat(tested.err()).contains("crypt-pool-2:", "read-only");
            pool.machine.unmount(mount);
        }
    }

    @Test
    void allRemotesRefuseWrites_whatIsWrittenIsKeptAndUploadedLater() throws Exception {
        try (Fault fault = Faults.readOnly(pool.remotes)) {
            Shell.Result mounted = pool.tryMount().orFail();
            Path mount = pool.machine.mounted(temp.resolve("machine/mnt"));
            assertThat(mounted.err()).contains("nothing ships yet", "read-only");
            pool.put(mount, "kept", 2_000_000);
            assertRefused(
                    pool.machine.poolfs("flush", "--timeout", "1s"), REMOTE, "/kept", "stays staged", "read-only");
            Shell.Result unmounted = pool.machine.poolfs("umount", "--now", mount.toString());
            assertThat(unmounted.err()).contains("spill", "next mount");
        }
        pool.assertWhole(); // taken up
    }

    @Test
    void allRemotesDown_atTheMount_namesAreThereAndBytesComeBack() throws Exception {
        Path mount;
        try (Fault fault = Faults.unplugged(pool.remotes)) {
            Machine.deleteTree(temp.resolve("cache/c"));
            Shell.Result mounted = pool.tryMount().orFail();
            mount = pool.machine.mounted(temp.resolve("machine/mnt"));
            assertThat(mounted.err()).contains("crypt-pool:", "crypt-pool-2:", "crypt-pool-3:", "unplugged");
            assertThat(Files.size(mount.resolve("d/file4"))).isEqualTo(2_803_000);
            assertThatThrownBy(() -> RandomFiles.digest(mount.resolve("d/file4")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Input/output error");
        }
        awaitReadable(mount, "d/file4");
        pool.machine.unmount(mount);

        pool.machine.loseState(BadPool.NAME);
        try (Fault fault = Faults.unplugged(pool.remotes)) {
            assertRefused(pool.tryMount(), REMOTE, "no remote can be read", "crypt-pool:", "unplugged");
        }
    }

    @Test
    void allRemotesDown_whileReadingAndWriting_failsInTimeAndGoesOn() throws Exception {
        Path mount = pool.machine.mount("mnt");
        pool.put(mount, "long", 12_000_000);
        pool.machine.unmount(mount);
        Machine.deleteTree(temp.resolve("cache/c"));
        assertThat(pool.machine.mount("mnt")).isEqualTo(mount);
        try (InputStream in = Files.newInputStream(mount.resolve("long"))) {
            assertThat(in.readNBytes(100_000)).hasSize(100_000);
            try (Fault fault = Faults.unplugged(pool.remotes)) {
                assertThatThrownBy(in::readAllBytes)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("Input/output error");
                pool.put(mount, "written-meanwhile", 1_500_000);
                assertThatThrownBy(() -> Shell.bash(mount, "dd if=/dev/zero of=synced bs=1k count=1 conv=fsync"))
                        .hasMessageContaining("Input/output error");
                assertRefused(
                        pool.machine.poolfs("flush", "--timeout", "1s"), REMOTE, "stays staged", "crypt-pool: missing");
                Files.delete(mount.resolve("synced"));
            }
        }
        awaitReadable(mount, "long");
        pool.machine.poolfs("flush").orFail();
        pool.machine.unmount(mount);
    }

    @Test
    void remotesFull_oneIsPassedOverAllGiveNoSpace() throws Exception {
        Path mount = pool.machine.mount("mnt");
        try (Fault fault = Faults.full(pool.remotes.subList(0, 1), MIB)) {
            pool.put(mount, "past-the-full-one", 4_000_000);
            pool.machine.poolfs("flush").orFail();
        }
        pool.machine.unmount(mount);
        try (Fault fault = Faults.full(pool.remotes, MIB)) {
            mount = pool.machine.mount("mnt");
            Shell.Result copied = Shell.run(
                    Map.of(),
                    temp,
                    List.of("dd", "if=/dev/zero", "of=" + mount.resolve("too-much"), "bs=1M", "count=8"));
            assertThat(copied.exit()).as("%s", copied).isNotZero();
            assertThat(copied.err()).contains("No space left on device");
            Files.delete(mount.resolve("too-much"));
            pool.machine.unmount(mount);
        }
    }

    @Test
    void tmpfsFull_writesFailInTimeAndReadsGoOn() throws Exception {
        Machine.deleteTree(temp.resolve("cache/c"));
        Path mount = pool.machine.mount("mnt");
        try (Fault fault = Faults.full(List.of(temp.resolve("cache")), 0)) {
            Shell.Result copied = Shell.run(
                    Map.of(),
                    temp,
                    List.of("dd", "if=/dev/zero", "of=" + mount.resolve("too-much"), "bs=1M", "count=8"));
            assertThat(copied.exit()).as("%s", copied).isNotZero();
            assertThat(copied.err()).contains("No space left on device");
            assertThat(RandomFiles.digest(mount.resolve("d/file3"))).isEqualTo(pool.content.get("d/file3"));
        }
        Files.deleteIfExists(mount.resolve("too-much"));
        pool.put(mount, "after-the-full-tmpfs", 3_000_000);
        pool.machine.unmount(mount);
    }

    /** Remotes that are back are noticed by themselves. */
    private void awaitReadable(Path mount, String name) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(RandomFiles.digest(mount.resolve(name))).isEqualTo(pool.content.get(name)));
    }
}
