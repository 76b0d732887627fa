package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A pool in {@code /etc/fstab}, mounted by a systemd of its own. */
@ResourceLock(value = PrivateSystem.BELOW, mode = ResourceAccessMode.READ)
class SystemdIT {
    @TempDir
    Path temp;

    @Test
    void fstab_poolOfAnOrdinaryUser_isMountedDrainedAndMountedOnDemand() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/lib/systemd/systemd")), "needs systemd");
        assumeTrue(PrivateSystem.isPossible(), "needs root and namespaces");
        assertThat(Distribution.POOLFS).exists();
        Path folder = Files.createDirectories(temp.resolve("trial"));
        Path work = Files.createDirectories(temp.resolve("work"));
        Shell.bash(temp, "chmod a+x .");

        Shell.Result result = PrivateSystem.run(
                temp,
                Map.of(),
                "bash",
                PrivateSystem.script("boot.sh", folder).toString(),
                PrivateSystem.script("systemd.sh", folder).toString(),
                Distribution.REPOSITORY.toString(),
                work.toString());

        Path output = folder.resolve("output");
        assertThat(result.exit())
                .describedAs(
                        "%s\n%s", result, Files.exists(output) ? Files.readString(output) : "systemd did not start")
                .isZero();
    }
}
