package io.poolfs.mount;

import io.poolfs.mount.memory.MemoryFileSystem;
import io.poolfs.mount.posix.MountedPosixSuite;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.session.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The whole suite over a file system in memory: what fails here is the mount's fault. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class MemoryPosixSuite extends MountedPosixSuite {
    private final Transport transport;
    private Path mountPoint;
    private FuseMount mount;

    MemoryPosixSuite(Transport transport) {
        this.transport = transport;
    }

    @BeforeAll
    final void mount() throws Exception {
        mountPoint = Files.createTempDirectory("poolfs-posix");
        mount = FuseMount.mount(
                new MemoryFileSystem(),
                MountSettings.of(mountPoint, "memory").withTransport(transport).withOptions("allow_other,dev,suid"));
    }

    @AfterAll
    final void unmount() throws Exception {
        mount.unmount();
        Files.delete(mountPoint);
    }

    @Override
    protected Path mountPoint() {
        return mountPoint;
    }
}
