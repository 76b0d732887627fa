package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.mount.memory.MemoryFileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsFuse
class FuseMountTest {
    @TempDir
    private Path directory;

    @Test
    void mount_thenUnmount_servesInBetween() throws Exception {
        MemoryFileSystem fs = new MemoryFileSystem();
        try (FuseMount mount = FuseMount.mount(fs, MountSettings.of(directory, "memory"))) {
            Files.writeString(directory.resolve("file"), "content");

            assertThat(directory.resolve("file")).hasContent("content");
            assertThat(mount.isUnmounted()).isFalse();
        }

        assertThat(directory).isEmptyDirectory();
    }
}
