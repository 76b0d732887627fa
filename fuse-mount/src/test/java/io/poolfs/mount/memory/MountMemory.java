package io.poolfs.mount.memory;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.AttributeChange;
import io.poolfs.core.model.Inode;
import io.poolfs.mount.FuseMount;
import io.poolfs.mount.session.MountSettings;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Mounts a file system in memory until it is unmounted from outside: {@code MountMemory MOUNT-POINT OPTIONS
 * [CONTENT-DIRECTORY]}. For measurements and for tests that need a mount of another user.
 */
public final class MountMemory {
    private MountMemory() {}

    public static void main(String[] arguments) throws Exception {
        PoolFileSystem fs =
                arguments.length > 2 ? MemoryFileSystem.backedBy(Path.of(arguments[2])) : new MemoryFileSystem();
        int user = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        fs.setAttributes(null, Inode.ROOT, null, new AttributeChange(null, user, user, null, null, null));
        MountSettings settings =
                MountSettings.of(Path.of(arguments[0]), "memory").withOptions(arguments[1]);
        try (FuseMount mount = FuseMount.mount(fs, settings)) {
            System.out.println("mounted");
            mount.awaitUnmounted();
        }
    }
}
