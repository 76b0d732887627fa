package io.poolfs.it.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneLaunch;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Task;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervised rclone: its life, its end, and what it refuses. */
@Timeout(60)
class RcloneDaemonIT {
    private static final String DISK = "[disk]\ntype = alias\nremote = @DIR@/remote\n";

    /** {@code [disk] type = local}, with the password "open sesame"; made by rclone 1.60.1. */
    private static final String ENCRYPTED = """
            # Encrypted rclone configuration File

            RCLONE_ENCRYPT_V0:
            CmXaLyTD1bXUjeHsEjRiojexhKcTDrM4GfjduiYSaLw+4LLx0FdIInXyIzVJY3ATyIbTTZSckgjhtKFhIA==
            """;

    private static final int READERS = 4;

    @TempDir
    private Path directory;

    @Test
    void start_running_showsNoSecret() throws Exception {
        try (RcloneRig rig = RcloneRig.start(directory, DISK)) {
            assertThat(rig.daemon.version().major()).isEqualTo(1);
            String pid = Long.toString(rig.daemon.pid().orElseThrow());
            String arguments =
                    Files.readString(Path.of("/proc", pid, "cmdline")).replace('\0', ' ');
            String environment = Files.readString(Path.of("/proc", pid, "environ"));
            assertThat(arguments).contains("rcd").contains("--config=" + rig.config);
            String secret = Stream.of(environment.split("\0"))
                    .filter(variable -> variable.startsWith("RCLONE_RC_PASS="))
                    .map(variable -> variable.substring("RCLONE_RC_PASS=".length()))
                    .findFirst()
                    .orElseThrow();
            assertThat(secret).hasSizeGreaterThan(30);
            assertThat(arguments).doesNotContain(secret);
        }
    }

    @Test
    void close_running_leavesNoProcess() throws Exception {
        long pid;
        try (RcloneRig rig = RcloneRig.start(directory, DISK)) {
            pid = rig.daemon.pid().orElseThrow();
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void kill_whileReadingAndIdle_recovers() throws Exception {
        try (RcloneRig rig = RcloneRig.start(directory, DISK)) {
            byte[] content = new byte[64 << 20];
            Files.write(rig.makeFolder("remote").resolve("object"), content);
            RcloneStore store = rig.store("disk:");
            long first = rig.daemon.pid().orElseThrow();
            // Several readers: the kill may fall between two reads of one, not of all.
            List<Task> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                ByteBuffer read = ByteBuffer.allocate(content.length);
                readers.add(rig.scheduler.start("reading", () -> {
                    while (rig.daemon.starts() == 1) {
                        store.getRange("object", 0, read.clear());
                    }
                }));
            }
            await().until(() -> readers.stream().noneMatch(Task::isDone));
            kill(first);
            List<Throwable> raised = new ArrayList<>();
            for (Task reader : readers) {
                Throwable thrown =
                        catchThrowable(() -> reader.join(rig.scheduler.deadlineAfter(Duration.ofSeconds(10))));
                if (thrown != null) {
                    raised.add(thrown);
                }
            }
            assertThat(raised)
                    .isNotEmpty()
                    .allSatisfy(thrown -> assertThat(thrown)
                            .asInstanceOf(type(PoolException.class))
                            .returns(Reason.REMOTE_UNAVAILABLE, PoolException::reason));
            // A bare store does not repeat; the call after the death was noticed waits for the new process.
            await().ignoreExceptions().until(() -> {
                store.getRange("object", 5, ByteBuffer.allocate(1000));
                return true;
            });
            long second = rig.daemon.pid().orElseThrow();
            assertThat(second).isNotEqualTo(first);
            kill(second);
            await().atMost(Duration.ofSeconds(10)).until(() -> rig.daemon.pid().orElse(second) != second);
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(store.size("object")).hasValue(content.length));
        }
    }

    @Test
    void killOfTheHolder_parentDeathSignal_endsRclone() throws Exception {
        endsWithItsHolder(System.getenv("PATH"));
    }

    @Test
    void killOfTheHolder_watchdog_endsRclone() throws Exception {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        Files.copy(Path.of("/bin/sh"), programs.resolve("sh"));
        endsWithItsHolder(programs.toString());
    }

    @Test
    void start_missingBinary_namesTheWayOut() {
        refused(RcloneLaunch.defaults().withBinary("/nowhere/rclone"), "/nowhere/rclone", "rclone_binary");
    }

    @Test
    void start_tooOldBinary_namesBothVersions() throws Exception {
        Path old = directory.resolve("rclone");
        // Tells an old version through the remote control of the real one's making.
        Files.writeString(old, """
                #!/usr/bin/perl
                use IO::Socket::INET;
                my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die;
                $| = 1;
                print "2026/01/01 00:00:00 NOTICE: Serving remote control on http://127.0.0.1:" . $s->sockport . "/\\n";
                while (my $c = $s->accept) {
                    while (<$c>) { last if /^\\r?$/ }
                    my $b = '{"version":"v1.53.3"}';
                    print $c "HTTP/1.1 200 OK\\r\\nContent-Length: " . length($b) . "\\r\\nConnection: close\\r\\n\\r\\n" . $b;
                    close $c;
                }
                """);
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwx------"));
        refused(RcloneLaunch.defaults().withBinary(old.toString()), "v1.53.3", "v1.60.0");
    }

    @Test
    void start_unknownOrRefusedFlag_isNamed() {
        refused(RcloneLaunch.defaults().withFlags(List.of("--no-such-flag")), "no-such-flag");
        refused(RcloneLaunch.defaults().withFlags(List.of("--dry-run")), "--dry-run");
    }

    @Test
    void start_encryptedConfiguration_needsItsPassword() throws Exception {
        Path config = directory.resolve("rclone.conf");
        Files.writeString(config, ENCRYPTED);
        String disk = "disk:" + Files.createDirectories(directory.resolve("remote"));
        RcloneLaunch launch = RcloneLaunch.defaults().withConfig(config).withTimeout(RcloneRig.TIMEOUT);
        try (RealScheduler scheduler = RealScheduler.create();
                RcloneDaemon daemon = RcloneDaemon.start(scheduler, launch.withConfigPassword("open sesame"))) {
            assertThat(RcloneStore.open(daemon, disk, RcloneRig.TIMEOUT).list(""))
                    .isEmpty();
        }
        try (RealScheduler scheduler = RealScheduler.create()) {
            assertThatThrownBy(() -> {
                        try (RcloneDaemon daemon = RcloneDaemon.start(scheduler, launch.withConfigPassword("wrong"))) {
                            RcloneStore.open(daemon, disk, RcloneRig.TIMEOUT).list("");
                        }
                    })
                    .asInstanceOf(type(PoolException.class))
                    .returns(Reason.CONFIG, PoolException::reason);
        }
    }

    private void endsWithItsHolder(String path) throws Exception {
        Path config = Files.writeString(directory.resolve("rclone.conf"), DISK);
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DaemonHolder.class.getName(),
                        config.toString(),
                        path)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.matches("\\d+")) {
                line = out.readLine();
            }
            assertThat(line).isNotNull();
            ProcessHandle started = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
            List<ProcessHandle> family =
                    Stream.concat(Stream.of(started), started.descendants()).toList();
            assertThat(family)
                    .anyMatch(process -> process.info().command().orElse("").endsWith("rclone"));
            holder.destroyForcibly();
            await().atMost(Duration.ofSeconds(5)).until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            holder.destroyForcibly();
        }
    }

    private static void refused(RcloneLaunch launch, String... words) {
        try (RealScheduler scheduler = RealScheduler.create()) {
            assertThatThrownBy(() -> RcloneDaemon.start(scheduler, launch).close())
                    .hasMessageContainingAll(words)
                    .asInstanceOf(type(PoolException.class))
                    .returns(Reason.CONFIG, PoolException::reason);
        }
    }

    private static void kill(long pid) throws Exception {
        new ProcessBuilder("kill", "-KILL", Long.toString(pid)).start().waitFor();
    }
}
