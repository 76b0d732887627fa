package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.poolfs.mount.posix.Command;
import io.poolfs.mount.posix.TestUser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mount by an ordinary user, through {@code fusermount}. Needs root, to become that user. */
@NeedsFuse
@Timeout(60)
class UserMountTest {
    private static final Path DEVICE = Path.of("/dev/fuse");

    private Path directory;
    private Path mountPoint;
    private TestUser user;
    private Set<PosixFilePermission> devicePermissions;

    @BeforeEach
    void makeUser() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");
        devicePermissions = Files.getPosixFilePermissions(DEVICE);
        Files.setPosixFilePermissions(DEVICE, PosixFilePermissions.fromString("rw-rw-rw-"));
        user = TestUser.make();
        directory = Files.createTempDirectory("poolfs-user");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        mountPoint = Files.createDirectory(directory.resolve("mount"));
        Command.here().ok(directory, "chown $1 mount", user.id());
    }

    @AfterEach
    void removeUser() throws Exception {
        if (user != null) {
            Files.setPosixFilePermissions(DEVICE, devicePermissions);
            Command.here()
                    .ok(Path.of("/"), "umount -l \"$1\" 2>/dev/null || true; rm -rf \"$2\"", mountPoint, directory);
            user.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "jnr"})
    void mount_asUser_worksAndEndsByItself(String transport) throws Exception {
        Daemon daemon = start("transport=" + transport).awaitMounted();

        user.command().ok(Path.of("/"), """
                        cd "$1"
                        printf x > f; test "$(stat -c %u f)" = $(id -u)
                        mkdir d; mv f d; ls -l d; cp -a d e; rm -r d e
                        """, mountPoint);
        assertThat(Command.here().run(mountPoint.getParent(), "ls mount").status())
                .as("nobody else may enter, not even root")
                .isNotZero();
        user.command().ok(Path.of("/"), "fusermount -u \"$1\"", mountPoint);

        assertThat(daemon.awaitEnd()).isZero();
    }

    @Test
    void mount_asRootWithAutoUnmount_isGoneWhenItsDaemonIsKilled() throws Exception {
        Daemon daemon = Daemon.start(List.of(), System.getProperty("java.class.path"), mountPoint, "auto_unmount")
                .awaitMounted();

        daemon.kill();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> MountTable.topmostAt(mountPoint).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "jnr"})
    void mount_asUser_isGoneWhenItsDaemonIsKilled(String transport) throws Exception {
        Daemon daemon = start("transport=" + transport).awaitMounted();

        daemon.kill();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> MountTable.topmostAt(mountPoint).isEmpty());
    }

    @Test
    void mount_asUserForOthers_isRefusedUnlessTheSystemAllowsIt() throws Exception {
        assumeTrue(!MountPoint.isAllowOtherAllowed(Path.of("/etc/fuse.conf")), "user_allow_other is set here");

        Daemon daemon = start("allow_other");
        assertThat(daemon.output()).contains("user_allow_other in /etc/fuse.conf");
    }

    @Test
    void mount_asUserWithoutTheDevice_isRefusedWithTheWayOut() throws Exception {
        Files.setPosixFilePermissions(DEVICE, PosixFilePermissions.fromString("rw-------"));

        Daemon daemon = start("");

        assertThat(daemon.output()).contains("chmod 666 /dev/fuse");
    }

    private Daemon start(String options) throws IOException {
        List<String> asUser = List.of("setpriv", "--reuid=" + user.id(), "--regid=" + user.id(), "--clear-groups");
        return Daemon.start(asUser, readableClassPath(), mountPoint, options);
    }

    /** The user may not read root's own folders. */
    private String readableClassPath() throws IOException {
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path source = Path.of(entry);
            if (Files.exists(source)) {
                Path target = directory.resolve("cp-" + copies.size() + "-" + source.getFileName());
                copy(source, target);
                copies.add(target.toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copy(Path source, Path target) throws IOException {
        try (var files = Files.walk(source)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(
                        file,
                        target.resolve(source.relativize(file).toString()).normalize(),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
