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

/** What mount(8) calls for the type {@code fuse.poolfs}, as root for a pool of another user. */
@ResourceLock(value = PrivateSystem.BELOW, mode = ResourceAccessMode.READ)
class MountHelperIT {
    @TempDir
    Path temp;

    @Test
    void mount_poolOfAnotherUser_runsAsThatUserAndSaysWhatIsWrong() throws Exception {
        assumeTrue(PrivateSystem.isPossible(), "needs root and namespaces");
        assertThat(Distribution.POOLFS).exists();
        Path work = Files.createDirectories(temp.resolve("work"));
        Shell.bash(temp, "chmod a+x . work");

        PrivateSystem.run(
                        temp,
                        Map.of("HOME", "/root"),
                        "bash",
                        PrivateSystem.script("helper.sh", temp).toString(),
                        Distribution.REPOSITORY.toString(),
                        work.toString())
                .orFail();
    }
}
