package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A pool whose daemon, and whose rclone, are killed with signal 9 at random moments while writers change its files, and
 * which is mounted again and compared with what the writers know. Each round the same:
 *
 * <pre>
 *   writers run ── rclone killed, now and then ── daemon killed ── nothing of it is left ── something is lost ── mount ── compare
 * </pre>
 */
final class CrashRun implements AutoCloseable {
    private static final String POOL = "media";
    private static final int WRITERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What is lost with the process. */
    private enum Loss {
        NOTHING,
        /** As by a power loss: what lies in tmpfs, and so the stage. */
        TMPFS,
        /** The state directory, too: only the remotes are left. */
        MACHINE;

        static Loss of(int round) {
            return round % 5 == 0 ? MACHINE : round % 5 == 3 ? TMPFS : NOTHING;
        }
    }

    private final long seed;
    private final Random random;
    private final Machine machine;
    private final Path temporary;
    private final List<Writer> writers = new ArrayList<>();
    private final Set<String> usual;
    private Path mount;

    CrashRun(Path root, long seed) throws IOException {
        this.seed = seed;
        random = new Random(seed);
        machine = new Machine(root.resolve("machine"));
        temporary = Files.createDirectories(root.resolve("tmp"));
        machine.setEnvironment("TMPDIR", temporary.toString());
        machine.setEnvironment("POOLFS_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        machine.init(POOL, Folders.make(root, 3));
        machine.configure(
                POOL,
                "chunk_size: 1M",
                "cache_size: 128M",
                "pack_window: 200ms",
                "ship_interval: 300ms",
                "gc_grace: 5s");
        mount = machine.mount("mnt");
        for (int i = 0; i < WRITERS; i++) {
            Files.createDirectory(mount.resolve("w" + i));
            writers.add(new Writer(mount.resolve("w" + i), random.nextLong()));
        }
        RandomFiles.write(mount.resolve("file"), seed, 3_000_000);
        remount();
        machine.unmount(mount);
        usual = kinds();
        mount = machine.mount("mnt");
    }

    void run(int rounds) throws Exception {
        long before = operations();
        for (int round = 1; round <= rounds; round++) {
            Loss loss = Loss.of(round);
            String when = "seed " + seed + ", round " + round + ", lost: " + loss;
            runAndKill(when);
            lose(loss);
            List<Path> older = check(when, loss != Loss.NOTHING);
            if (loss == Loss.TMPFS) {
                assertNamed(older, when);
            }
        }
        assertThat(operations() - before).as("operations").isGreaterThan(20L * rounds);
        assertThat(machine.poolfs("fsck").orFail().exit()).isZero();
        machine.unmount(mount);
        assertThat(kinds()).as("what lies about, seed " + seed).isSubsetOf(usual);
        machine.coldCache(POOL);
        mount = machine.mount("mnt");
        assertThat(check("seed " + seed + ", at the end", false)).isEmpty();
    }

    private long operations() {
        return writers.stream().mapToLong(Writer::operations).sum();
    }

    private void remount() {
        machine.unmount(mount);
        mount = machine.mount("mnt");
    }

    private void runAndKill(String when) throws Exception {
        ProcessHandle daemon = machine.daemons().get(0);
        ExecutorService threads = Executors.newFixedThreadPool(writers.size());
        try {
            List<Future<IOException>> ends = new ArrayList<>();
            for (Writer writer : writers) {
                ends.add(threads.submit(writer::run));
            }
            for (int kills = Math.max(0, random.nextInt(5) - 2); kills > 0; kills--) {
                pause(random.nextInt(400));
                rclone(daemon).forEach(ProcessHandle::destroyForcibly);
            }
            pause(50 + random.nextInt(1000));
            for (Future<IOException> end : ends) {
                assertThat(end.isDone() ? end.get() : null)
                        .as(when + ": a writer, while the daemon lived")
                        .isNull();
            }
            List<ProcessHandle> family = daemon.descendants().toList();
            daemon.destroyForcibly();
            daemon.onExit().join();
            for (Future<IOException> end : ends) {
                end.get();
            }
            await(when + ": what the daemon started")
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            threads.shutdownNow();
        }
    }

    private static Stream<ProcessHandle> rclone(ProcessHandle daemon) {
        return daemon.descendants()
                .filter(process -> process.info().command().orElse("").endsWith("rclone"));
    }

    private static void pause(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private void lose(Loss loss) throws IOException {
        assertThat(mounts()).as("mounts that the dead daemon left").isEmpty();
        if (loss != Loss.NOTHING) {
            machine.loseTmpfs();
        }
        if (loss == Loss.MACHINE) {
            machine.loseState(POOL);
            // Without its state directory the machine is not known as the one that had the right to write.
            mount = machine.mount("mnt", "--take-over");
        } else {
            mount = machine.mount("mnt");
        }
        assertThat(mounts()).hasSize(1);
        // Each rclone that starts has a temporary file for a moment.
        await("temporary files").atMost(PATIENCE).until(this::temporaryFiles, List::isEmpty);
    }

    private List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("hsperf"))
                    .toList();
        }
    }

    private List<String> mounts() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return lines.filter(line -> line.contains(" " + mount + " ")).toList();
        }
    }

    /** Returns the files whose newest content is lost, as far as they were closed. */
    private List<Path> check(String when, boolean lost) throws IOException {
        List<String> wrong = new ArrayList<>();
        List<Path> older = new ArrayList<>();
        for (Writer writer : writers) {
            older.addAll(writer.ledger().check(lost, wrong));
            writer.resume();
        }
        assertThat(wrong).as(when).isEmpty();
        return older;
    }

    private void assertNamed(List<Path> files, String when) {
        String notes = machine.poolfs("status", "--json").orFail().out();
        notes = notes.substring(notes.indexOf("\"notes\""));
        for (Path file : files) {
            assertThat(notes).as(when).contains("/" + mount.relativize(file) + " ");
        }
    }

    /** The names of the files that the pool keeps on this machine, without what is another name each time. */
    private Set<String> kinds() throws IOException {
        Set<String> kinds = new TreeSet<>();
        for (Path root : List.of(machine.cache(), machine.stateDir(POOL))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(Files::isRegularFile)
                        .map(file -> root.relativize(file).toString())
                        .map(name -> name.replaceAll("(?<=/)[0-9a-f]+(?=[/.]|$)", "#"))
                        .map(name -> name.replaceAll("[0-9a-f]*[0-9][0-9a-f]*", "#"))
                        .forEach(kinds::add);
            }
        }
        return kinds;
    }

    @Override
    public void close() {
        machine.close();
    }
}
