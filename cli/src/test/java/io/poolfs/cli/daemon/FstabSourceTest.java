package io.poolfs.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FstabSourceTest {
    @TempDir
    Path directory;

    @Test
    void nameOf_madeAPathByMount_isTheNameAgain() throws Exception {
        Path fstab = Files.writeString(directory.resolve("fstab"), """
                # films /mnt/pool fuse.poolfs noauto 0 0
                /dev/sda1 /mnt/pool ext4 noauto 0 0
                media  /mnt/pool/  fuse.poolfs noauto,uid=1000 0 0
                """);

        assertThat(name("media", "/mnt/pool", fstab)).isEqualTo("media");
        assertThat(name("/media", "/mnt/pool", fstab)).isEqualTo("media");
        assertThat(name("/where/the/link/leads", "/mnt/pool", fstab)).isEqualTo("media");
        assertThat(name("/home/films", "/mnt/other", fstab)).isEqualTo("films");
        assertThat(name("/media", "/mnt/pool", directory.resolve("none"))).isEqualTo("media");
    }

    private static String name(String source, String mountpoint, Path fstab) {
        return FstabSource.nameOf(source, Path.of(mountpoint), fstab);
    }
}
