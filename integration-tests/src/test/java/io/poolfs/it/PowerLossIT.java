package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A power loss: tmpfs is gone, the boot id is another, the remotes were away while files were written. */
class PowerLossIT {
    @TempDir
    Path temp;

    @Test
    void mount_afterPowerLoss_listsWhatWasLostAndKeepsTheRest() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            Path mount = machine.mount("mnt");
            Files.writeString(mount.resolve("old"), "old content");
            machine.poolfs("flush").orFail();
            for (Path remote : remotes) {
                Files.move(remote, remote.resolveSibling(remote.getFileName() + ".away"));
            }
            Files.writeString(mount.resolve("old"), "new content");
            Files.writeString(mount.resolve("never-uploaded"), "x");
            machine.kill(mount);
            machine.loseTmpfs();
            pretendAnotherBoot(machine.stateDir("media"));
            for (Path remote : remotes) {
                Files.move(remote.resolveSibling(remote.getFileName() + ".away"), remote);
            }

            mount = machine.mount("mnt");
            assertThat(Files.readString(mount.resolve("old"))).isEqualTo("old content");
            assertThat(mount.resolve("never-uploaded")).doesNotExist();
            String status = machine.poolfs("status").orFail().out();
            assertThat(status).contains("/never-uploaded").contains("/old");
        }
    }

    private static void pretendAnotherBoot(Path stateDir) throws Exception {
        try (Stream<Path> files = Files.list(stateDir)) {
            Path owner = files.filter(file -> file.getFileName().toString().equals("owner.json"))
                    .findFirst()
                    .orElseThrow();
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String text = Files.readString(owner);
            assertThat(text).contains(boot);
            Files.writeString(owner, text.replace(boot, "another-boot"), StandardCharsets.UTF_8);
        }
    }
}
