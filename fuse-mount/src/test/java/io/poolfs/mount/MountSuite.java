package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.memory.MemoryFileSystem;
import io.poolfs.mount.posix.Command;
import io.poolfs.mount.posix.TestUser;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.session.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a mount begins and ends, over one transport. */
@NeedsFuse
@Timeout(60)
abstract class MountSuite {
    private final Transport transport;

    @TempDir
    private Path directory;

    private final MemoryFileSystem fs = new MemoryFileSystem();

    MountSuite(Transport transport) {
        this.transport = transport;
    }

    @Test
    void mount_thenUnmount_servesInBetween() throws Exception {
        try (FuseMount mount = mount("")) {
            Files.writeString(directory.resolve("file"), "content");

            assertThat(directory.resolve("file")).hasContent("content");
            assertThat(mount.isUnmounted()).isFalse();
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void mount_again_showsWhatWasThere() throws Exception {
        try (FuseMount mount = mount("")) {
            Files.writeString(mount.mountPoint().resolve("file"), "content");
        }

        try (FuseMount mount = mount("")) {
            assertThat(mount.mountPoint().resolve("file")).hasContent("content");
        }
    }

    @Test
    void mount_showsItsSourceAndType() throws Exception {
        try (FuseMount mount = FuseMount.mount(fs, settings(directory, "a pool, with \\ and more"))) {
            assertThat(shell("findmnt -n -o SOURCE,FSTYPE \"$1\"", mount.mountPoint()))
                    .isEqualTo("a pool, with \\ and more fuse.poolfs");
        }
    }

    @Test
    void mount_atNoDirectory_isRefusedWithTheWayOut() throws Exception {
        refused(directory.resolve("absent"), Reason.NOT_FOUND, "mkdir");
        refused(Files.createFile(directory.resolve("file")), Reason.NOT_DIRECTORY, "not a directory");
        refused(directory, Reason.NOT_EMPTY, "not empty");
    }

    @Test
    void mount_overAMount_isRefused() throws Exception {
        try (FuseMount mount = mount("")) {
            refused(mount.mountPoint(), Reason.BUSY, "already mounted");
        }
    }

    @Test
    void mount_throughASymlink_isUnmountedWithoutIt(@TempDir Path elsewhere) throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), directory);

        FuseMount mount = FuseMount.mount(fs, settings(link, "memory"));
        Files.delete(link);
        mount.unmount();

        assertThat(MountTable.topmostAt(directory)).isEmpty();
    }

    @Test
    void umount_fromOutside_endsTheMount() throws Exception {
        FuseMount mount = mount("");

        shell("umount \"$1\" 2>/dev/null || fusermount -u \"$1\"", directory);
        mount.awaitUnmounted();

        assertThat(mount.isUnmounted()).isTrue();
        mount.unmount();
    }

    @Test
    void unmount_whileInUse_waitsForWhoHoldsAFile() throws Exception {
        FuseMount mount = mount("");
        Files.writeString(directory.resolve("file"), "content");
        Process holder = new ProcessBuilder("bash", "-c", "exec 3<file; echo open; sleep 1.5; cat <&3")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        var output = holder.inputReader();
        assertThat(output.readLine()).isEqualTo("open");

        mount.unmount();

        assertThat(directory).isEmptyDirectory();
        assertThat(output.readLine()).isEqualTo("content");
        assertThat(holder.waitFor()).isZero();
    }

    @Test
    void mount_overTheLeftoverOfAKilledDaemon_replacesIt() throws Exception {
        Daemon daemon = Daemon.start(List.of(), System.getProperty("java.class.path"), directory, "");
        daemon.awaitMounted().killWithItsChildren();
        assertThatThrownBy(() -> Files.newDirectoryStream(directory)).isInstanceOf(IOException.class);

        try (FuseMount mount = mount("")) {
            Files.writeString(mount.mountPoint().resolve("file"), "new daemon");
            assertThat(directory.resolve("file")).hasContent("new daemon");
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void mount_readOnly_refusesChanges() throws Exception {
        try (FuseMount mount = mount("ro")) {
            assertThatThrownBy(() -> Files.createFile(mount.mountPoint().resolve("file")))
                    .hasMessageContaining("Read-only");
        }
    }

    @Test
    void mount_withShownOwner_changesNothingThatIsStored() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");
        try (FuseMount mount = mount("uid=1234,gid=4321,umask=027")) {
            String shown =
                    shell("cd \"$1\"; touch f; mkdir d; ln -s f l; chmod 777 f; stat -c '%u:%g %a' f d l", directory);
            assertThat(shown).isEqualTo("1234:4321 750\n1234:4321 750\n1234:4321 777");
        }

        try (FuseMount mount = mount("")) {
            assertThat(shell("cd \"$1\"; stat -c '%u:%g %a' f d", directory)).isEqualTo("0:0 777\n0:0 755");
        }
    }

    @Test
    void mount_manyTimes_givesEverythingBack() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (FuseMount mount = mount("")) {
                Files.writeString(mount.mountPoint().resolve("file"), "round " + round);
            }
        }

        assertThat(openDevices()).isZero();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .noneMatch(thread -> thread.getName().startsWith("fuse-")));
    }

    private FuseMount mount(String options) throws PoolException {
        return FuseMount.mount(fs, settings(directory, "memory").withOptions(options));
    }

    private MountSettings settings(Path mountPoint, String source) {
        return MountSettings.of(mountPoint, source).withTransport(transport);
    }

    private void refused(Path mountPoint, Reason reason, String words) {
        assertThatThrownBy(() -> FuseMount.mount(fs, settings(mountPoint, "memory")))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(words)
                .hasMessageContaining(mountPoint.toString());
    }

    private static long openDevices() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).startsWith("/dev/fuse");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    private static String shell(String script, Object... arguments) throws Exception {
        return Command.here().ok(Path.of("/"), script, arguments);
    }
}
