package io.poolfs.it;

import io.poolfs.mount.posix.MountedPosixSuite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The whole POSIX suite over a pool on three encrypted remotes. */
@TestInstance(Lifecycle.PER_CLASS)
@ResourceLock(PrivateSystem.BELOW)
@Order(3)
class PoolPosixIT extends MountedPosixSuite {
    private Path root;
    private Path mountPoint;
    private Machine machine;

    @BeforeAll
    void mount() throws Exception {
        root = Files.createTempDirectory("poolfs-posix");
        // The suite's ordinary user has to get to the mount.
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        machine = new Machine(root.resolve("machine"));
        machine.init("media", Folders.make(root, 3));
        mountPoint = machine.mount("mnt", "-o", "allow_other,dev,suid");
    }

    @AfterAll
    void unmount() {
        try {
            machine.unmount(mountPoint);
        } finally {
            machine.close();
            Machine.deleteTree(root);
        }
    }

    @Override
    protected Path mountPoint() {
        return mountPoint;
    }
}
