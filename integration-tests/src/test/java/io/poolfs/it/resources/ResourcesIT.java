package io.poolfs.it.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.poolfs.it.Machine;
import io.poolfs.it.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each thing that a daemon needs runs out while programs use its mount: they wait or get ENOSPC, the daemon lives, what
 * was acknowledged is there, and all goes on when there is room again. The daemon has a heap of 128 MiB throughout.
 */
@Order(5)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResourcesIT {
    private static final String POOL = "scarce";
    private static final int PROGRAMS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String NO_SPACE = "No space left on device";

    private final List<Path> fileSystems = new ArrayList<>();
    private Path temp;
    private Path cache;
    private Path state;
    private Machine machine;
    private Path mount;
    private long daemon;

    /** Takes a resource away. */
    private interface Exhaustion {
        Taken begin() throws IOException;
    }

    /** A resource that is used up by somebody else. */
    private interface Taken {
        /** Takes what the daemon has given back meanwhile. */
        default void again() {}

        void giveBack();
    }

    @BeforeAll
    void mountPool(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "needs root: it mounts file systems");
        temp = directory;
        cache = tmpfs("cache", "32M");
        state = tmpfs("state", "64M");
        machine = new Machine(temp.resolve("machine"));
        machine.setEnvironment("POOLFS_JAVA_OPTS", "-Xmx128m");
        List<Path> folders = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            folders.add(Files.createDirectories(temp.resolve("folder" + i)));
        }
        machine.init(POOL, folders);
        // It has made its first state where it usually is.
        Shell.bash(temp, "cp -a '" + machine.stateDir(POOL) + "' '" + state.resolve("pool") + "'");
        machine.configure(
                POOL,
                "cache_dir: " + cache.resolve("pool"),
                "state_dir: " + state.resolve("pool"),
                "cache_size: 16M",
                "chunk_size: 1M",
                "claim_settle: 100ms");
        mount = machine.mount("mnt");
        daemon = machine.daemonPid();
    }

    @AfterAll
    void end() {
        if (machine != null) {
            machine.close();
        }
        for (Path fileSystem : fileSystems) {
            Shell.bash(temp, "umount '" + fileSystem + "'");
        }
    }

    @Test
    void budget_smallerThanWhatIsWritten_pushesBack() throws Exception {
        machine.limitRemotes(POOL, "bandwidth: 8M");
        machine.poolfs("reload").orFail();
        try {
            Path large = mount.resolve("large");
            Shell.run(
                            Map.of(),
                            temp,
                            List.of("dd", "if=/dev/urandom", "of=" + temp.resolve("copy"), "bs=1M", "count=40"))
                    .orFail();
            Shell.run(Map.of(), temp, List.of("cp", temp.resolve("copy").toString(), large.toString()))
                    .orFail();
            assertThat(Files.mismatch(large, temp.resolve("copy"))).isEqualTo(-1);
        } finally {
            Files.writeString(
                    machine.configFile(POOL),
                    Files.readString(machine.configFile(POOL)).replace(", bandwidth: 8M", ""));
            machine.poolfs("reload").orFail();
        }
        stillTheSameDaemon();
    }

    @Test
    void tmpfs_full_isNoSpaceUntilThereIsRoom() throws Exception {
        assertThat(exhaust("tmpfs", () -> filled(cache))).isSubsetOf(NO_SPACE);
    }

    @Test
    void stateDisk_full_isNoSpaceUntilThereIsRoom() throws Exception {
        assertThat(exhaust("state", () -> filled(state))).isSubsetOf(NO_SPACE);
    }

    @Test
    void descriptors_usedUp_areWaitedForOrRefused() throws Exception {
        assertThat(exhaust("descriptors", () -> {
                    long open;
                    try (var all = Files.list(Path.of("/proc/" + daemon + "/fd"))) {
                        open = all.count();
                    }
                    String before = limit();
                    Shell.bash(temp, "prlimit --pid " + daemon + " --nofile=" + open + ":");
                    return () -> Shell.bash(temp, "prlimit --pid " + daemon + " --nofile=" + before + ":");
                }))
                .isSubsetOf(NO_SPACE, "Input/output error", "Too many open files in system", "Too many open files");
    }

    @Test
    void heap_manyOpenFilesAndALargeDirectory_areServed() throws Exception {
        Path many = Files.createDirectories(mount.resolve("many"));
        Shell.bash(many, "for i in $(seq 3000); do : >a-file-with-a-name-of-some-length-$i; done");
        try (Load load = new Load(mount.resolve("beside"), 2 * PROGRAMS)) {
            for (int i = 0; i < 5; i++) {
                assertThat(Shell.bash(many, "ls -l | wc -l").strip()).isEqualTo("3001");
            }
            load.close();
            assertThat(load.errors()).isEmpty();
            assertThat(load.damaged()).isEmpty();
        }
        Shell.bash(mount, "rm -r many beside");
        stillTheSameDaemon();
    }

    /** The errors that programs got meanwhile. */
    private Set<String> exhaust(String name, Exhaustion exhaustion) throws Exception {
        Load load = new Load(mount.resolve(name), PROGRAMS);
        try (load) {
            awaitMore(load, 50);
            Taken taken = exhaustion.begin();
            try {
                awaitTrouble(load, taken);
                stillTheSameDaemon();
                assertThat(Files.isDirectory(mount)).isTrue();
            } finally {
                taken.giveBack();
            }
            awaitMore(load, 50);
        }
        machine.poolfs("flush").orFail();
        assertThat(load.damaged()).isEmpty();
        stillTheSameDaemon();
        Shell.bash(mount, "rm -r '" + name + "'");
        return load.errors();
    }

    /** Until a program got an error, or all of them wait, or they went on for long with what the daemon still has. */
    private static void awaitTrouble(Load load, Taken taken) {
        int[] before = {-1};
        int enough = load.written() + 500;
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
            taken.again();
            int now = load.written();
            boolean waiting = now == before[0];
            before[0] = now;
            return waiting || now >= enough || !load.errors().isEmpty();
        });
    }

    private static void awaitMore(Load load, int files) {
        int before = load.written();
        await().atMost(PATIENCE).until(() -> load.written() >= before + files);
    }

    private void stillTheSameDaemon() {
        assertThat(machine.daemonPid()).isEqualTo(daemon);
    }

    private String limit() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + daemon + "/limits"))) {
            if (line.startsWith("Max open files")) {
                return line.substring("Max open files".length()).strip().split("\\s+", 2)[0];
            }
        }
        throw new AssertionError("no limit of open files");
    }

    private Taken filled(Path fileSystem) {
        Path filler = fileSystem.resolve("somebody-elses-file");
        Taken taken = new Taken() {
            @Override
            public void again() {
                Shell.run(
                        Map.of(),
                        fileSystem,
                        List.of(
                                "dd",
                                "if=/dev/zero",
                                "of=" + filler,
                                "bs=64K",
                                "oflag=append",
                                "conv=notrunc",
                                "status=none"));
            }

            @Override
            public void giveBack() {
                Shell.bash(fileSystem, "rm '" + filler + "'");
            }
        };
        taken.again();
        return taken;
    }

    private Path tmpfs(String name, String size) throws IOException {
        Path directory = Files.createDirectories(temp.resolve(name));
        Shell.bash(temp, "mount -t tmpfs -o size=" + size + ",mode=700 poolfs-it '" + directory + "'");
        fileSystems.add(directory);
        return directory;
    }
}
