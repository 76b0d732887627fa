package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.mount.posix.TestUser;
import io.poolfs.mount.session.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KernelRequestsTest extends RequestsSuite {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    KernelRequestsTest() {
        super(Transport.KERNEL, 1024 * 1024);
    }

    @Test
    void read_thatWaitsForARemote_endsWithItsKilledCaller() throws Exception {
        AtomicInteger waiting = new AtomicInteger();
        mount.invalidate(inodeOf(Files.write(directory.resolve("file"), new byte[10])));
        waitForRemotes(waiting);
        Process reader =
                new ProcessBuilder("dd", "if=" + directory.resolve("file"), "of=/dev/null", "iflag=direct").start();
        await().atMost(PATIENCE).until(() -> waiting.get() > 0);

        reader.destroyForcibly();

        assertThat(reader.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await().atMost(PATIENCE).until(() -> waiting.get() == 0);
    }

    @Test
    void manyReadsThatHang_leaveTheRestToBeServed() throws Exception {
        int readers = 300;
        int remoteBytes = 10;
        for (int i = 0; i < readers; i++) {
            mount.invalidate(inodeOf(Files.write(directory.resolve("remote" + i), new byte[remoteBytes])));
        }
        mount.invalidate(inodeOf(Files.write(directory.resolve("cached"), new byte[100_000])));
        fs.remoteSize(remoteBytes);
        AtomicInteger waiting = new AtomicInteger();
        CountDownLatch remotes = waitForRemotes(waiting);
        var threads = Executors.newCachedThreadPool();
        try {
            var results = IntStream.range(1, readers)
                    .mapToObj(i -> threads.submit(() -> Files.readAllBytes(directory.resolve("remote" + i)).length))
                    .toList();
            await().atMost(PATIENCE).until(() -> waiting.get() >= 64);
            Process killed = new ProcessBuilder("dd", "if=" + directory.resolve("remote0"), "of=/dev/null").start();
            await().atMost(PATIENCE).until(() -> fs.opens() >= readers);

            assertThat(shell("""
                    ls -l | wc -l; stat -c %s remote7; cat cached cached | wc -c
                    dd if=cached of=/dev/null iflag=direct bs=64k status=none
                    head -c 3000000 /dev/zero > new; printf x >> new; mkdir d; mv d e; stat -c %s new""")).isEqualTo("302\n10\n200000\n3000001");
            killed.destroyForcibly();
            assertThat(killed.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            remotes.countDown();
            for (Future<Integer> result : results) {
                assertThat(result.get()).isEqualTo(remoteBytes);
            }
        } finally {
            remotes.countDown();
            threads.shutdown();
        }
    }

    @Test
    void read_thatWaitsForARemote_outlastsASignalThatItsCallerHandles() throws Exception {
        AtomicInteger waiting = new AtomicInteger();
        mount.invalidate(inodeOf(Files.write(directory.resolve("file"), new byte[10])));
        CountDownLatch remotes = waitForRemotes(waiting);
        Path reached = directory.resolveSibling(directory.getFileName() + "-handled");
        Process reader = new ProcessBuilder(
                        "python3", "-c", """
                import mmap, os, signal, sys
                signal.signal(signal.SIGUSR1, lambda *a: open(sys.argv[2], "w"))
                f = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECT)
                print(os.readv(f, [mmap.mmap(-1, 4096)]))
                """, directory.resolve("file").toString(), reached.toString())
                .start();
        await().atMost(PATIENCE).until(() -> waiting.get() > 0);

        new ProcessBuilder("kill", "-USR1", "" + reader.pid()).start().waitFor();
        remotes.countDown();

        assertThat(reader.inputReader().readLine()).isEqualTo("10");
        assertThat(reached).exists();
        Files.delete(reached);
    }

    @Test
    void readsThatWaitInTheEngine_needNoPause() throws Exception {
        AtomicInteger waiting = new AtomicInteger();
        mount.invalidate(inodeOf(Files.write(directory.resolve("file"), new byte[10])));
        CountDownLatch remotes = waitForRemotes(waiting);
        Process reader = new ProcessBuilder("cat", directory.resolve("file").toString()).start();
        await().atMost(PATIENCE).until(() -> waiting.get() > 0);

        assertThat(shell("ls; stat -c %s file")).isEqualTo("file\n10");

        remotes.countDown();
        assertThat(reader.waitFor()).isZero();
    }

    @Test
    void copyFileRange_ofWholePages_isNotReadNorWritten() throws Exception {
        Files.write(directory.resolve("from"), new byte[3 << 20]);
        int before = fs.reads() + fs.writes();

        shell("""
                python3 -c '
                import os
                a, b = os.open("from", os.O_RDONLY), os.open("to", os.O_WRONLY | os.O_CREAT)
                done = 0
                while done < 3 << 20:
                    done += os.copy_file_range(a, b, 4 << 20, done, done)'
                stat -c %s to""");

        assertThat(fs.shared()).isEqualTo(3 << 20);
        assertThat(fs.reads() + fs.writes()).isEqualTo(before);
    }

    @Test
    void ioctl_isNoneOfOurs() throws Exception {
        Files.write(directory.resolve("file"), new byte[10]);

        assertThat(shell("""
                python3 -c '
                import errno, fcntl, os
                try:
                    fcntl.ioctl(os.open("file", os.O_RDONLY), 0x7777)
                except OSError as e:
                    print(errno.errorcode[e.errno])'
                """)).isEqualTo("ENOTTY");
    }

    @Test
    void settle_afterACloseInAnotherProgram_knowsOfIt() throws Exception {
        for (int round = 0; round < 50; round++) {
            shell("printf x > file" + round);

            mount.settle();

            assertThat(fs.openFiles()).as("files open after round " + round).isZero();
        }
    }

    @Test
    void write_bySomeoneWithoutPrivilege_takesTheSetIdBitsAway() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");

        String shown = shell("""
                touch f; chmod 6777 f; python3 -c '
                import os
                f = os.open("f", os.O_WRONLY)
                os.setresuid(12345, 12345, 12345)
                os.write(f, b"x")'
                stat -c %a f; chmod 6777 f; chown 1:1 f; stat -c %a f
                """.indent(-16));

        assertThat(shown).isEqualTo("777\n777");
    }

    /** Every read waits, as the engine does, until the latch is at zero. */
    @SuppressWarnings("resource") // Its threads are not used.
    private CountDownLatch waitForRemotes(AtomicInteger waiting) {
        CountDownLatch remotes = new CountDownLatch(1);
        RealScheduler scheduler = RealScheduler.create();
        Monitor monitor = scheduler.newMonitor("remotes");
        fs.beforeRead(() -> {
            waiting.incrementAndGet();
            try (Monitor.Hold hold = monitor.enter()) {
                while (remotes.getCount() > 0) {
                    monitor.await(() -> remotes.getCount() == 0, scheduler.deadlineAfter(Duration.ofMillis(100)));
                }
            } finally {
                waiting.decrementAndGet();
            }
        });
        return remotes;
    }
}
