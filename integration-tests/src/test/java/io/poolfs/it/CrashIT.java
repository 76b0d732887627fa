package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The daemon dies, or is stopped while it cannot upload, and the pool is mounted again. */
@Execution(ExecutionMode.CONCURRENT)
@Order(2)
class CrashIT {
    private static final int ROUNDS = 6;
    private static final int WRITERS = 4;

    /** What is lost: in turn, round by round. */
    private enum Loss {
        DAEMON,
        /** As by a power loss: what lies in tmpfs, and so the stage. */
        TMPFS,
        /** The state directory, too: only the remotes are left. */
        MACHINE
    }

    @TempDir
    Path temp;

    @Test
    void kill_whileFourWrite_losesNothingThatWasPromised() throws Exception {
        long seed = Long.getLong("poolfs.seed", System.nanoTime());
        System.out.println("CrashIT: -Dpoolfs.seed=" + seed);
        Random random = new Random(seed);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", Folders.make(temp, 3));
            machine.configure(
                    "media", "chunk_size: 1M", "cache_size: 128M", "pack_window: 200ms", "ship_interval: 300ms");
            Path mount = machine.mount("mnt");
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Files.createDirectory(mount.resolve("w" + i));
                writers.add(new Writer(mount.resolve("w" + i), random.nextLong()));
            }
            for (int round = 1; round <= ROUNDS; round++) {
                runAndKill(machine, mount, writers, 300 + random.nextInt(3000));
                Loss loss = Loss.values()[(round - 1) % Loss.values().length];
                String when = "seed " + seed + ", round " + round + ", lost: " + loss;
                mount = lose(machine, loss);
                List<Path> older = check(writers, when, loss != Loss.DAEMON);
                if (loss == Loss.TMPFS) {
                    assertNamed(machine, mount, older, when);
                }
            }
            assertThat(writers.stream().mapToLong(Writer::operations).sum()).isGreaterThan(50L * ROUNDS);
            assertThat(machine.poolfs("fsck").orFail().exit()).isZero();
            machine.unmount(mount);
            machine.coldCache("media");
            machine.mount("mnt");
            assertThat(check(writers, "seed " + seed + ", at the end", false)).isEmpty();
        }
    }

    @Test
    void stop_remotesGone_spillsAndGoesOnAtTheNextMount() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            machine.configure("media", "stop_drain_timeout: 3s", "remote_timeout: 3s");
            Path mount = machine.mount("mnt");
            Map<String, String> written = new TreeMap<>();
            written.put("before", RandomFiles.write(mount.resolve("before"), 1, 3_000_000));
            machine.poolfs("flush").orFail();
            List<Path> away = new ArrayList<>();
            for (Path remote : remotes) {
                away.add(Files.move(remote, remote.resolveSibling(remote.getFileName() + ".away")));
            }
            written.put("during", RandomFiles.write(mount.resolve("during"), 2, 5_000_000));
            written.put("small", RandomFiles.write(mount.resolve("small"), 3, 100));
            Shell.bash(mount, "printf changed | dd of=before bs=1 seek=1000000 conv=notrunc status=none");
            written.put("before", RandomFiles.digest(mount.resolve("before")));

            machine.terminate(mount);
            machine.loseTmpfs();
            for (Path remote : remotes) {
                assertThat(remote).as("a disk that is not plugged in").doesNotExist();
            }
            for (int i = 0; i < remotes.size(); i++) {
                Files.move(away.get(i), remotes.get(i));
            }

            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(written);
            machine.poolfs("flush").orFail();
            machine.unmount(mount);
            machine.coldCache("media");
            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(written);
        }
    }

    private static void runAndKill(Machine machine, Path mount, List<Writer> writers, int afterMillis)
            throws Exception {
        long pid = machine.daemonPid();
        ExecutorService threads = Executors.newFixedThreadPool(writers.size());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            List<Future<IOException>> ends = new ArrayList<>();
            for (Writer writer : writers) {
                ends.add(threads.submit(writer::run));
            }
            timer.schedule(() -> machine.kill(pid, mount), afterMillis, TimeUnit.MILLISECONDS)
                    .get();
            for (Future<IOException> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
            timer.shutdownNow();
        }
    }

    private static Path lose(Machine machine, Loss loss) {
        if (loss != Loss.DAEMON) {
            machine.loseTmpfs();
        }
        if (loss != Loss.MACHINE) {
            return machine.mount("mnt");
        }
        machine.loseState("media");
        // Without its state directory the machine is not known as the one that had the right to write.
        return machine.mount("mnt", "--take-over");
    }

    /** Returns the files whose newest content is lost, as far as they were closed. */
    private static List<Path> check(List<Writer> writers, String when, boolean lost) throws IOException {
        List<String> wrong = new ArrayList<>();
        List<Path> older = new ArrayList<>();
        for (Writer writer : writers) {
            older.addAll(writer.ledger().check(lost, wrong));
            writer.resume();
        }
        assertThat(wrong).as(when).isEmpty();
        return older;
    }

    private static void assertNamed(Machine machine, Path mount, List<Path> files, String when) {
        String notes = machine.poolfs("status", "--json").orFail().out();
        notes = notes.substring(notes.indexOf("\"notes\""));
        for (Path file : files) {
            assertThat(notes).as(when).contains("/" + mount.relativize(file) + " ");
        }
    }
}
