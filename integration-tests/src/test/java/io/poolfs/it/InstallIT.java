package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Installing, upgrading under a mounted pool, and removing. */
@ResourceLock(value = PrivateSystem.BELOW, mode = ResourceAccessMode.READ)
class InstallIT {
    @TempDir
    Path temp;

    @Test
    void install_underAnotherRoot_putsAllInPlaceAndTakesItAway() {
        Path root = temp.resolve("root");
        Map<String, String> environment = Map.of("DESTDIR", root.toString());
        script(environment, "install").orFail();

        assertThat(root.resolve("usr/lib/poolfs/bin/poolfs")).isExecutable();
        assertThat(root.resolve("lib/systemd/system/poolfs@.service")).isRegularFile();
        assertThat(Files.exists(root.resolve("sbin/mount.fuse.poolfs"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();

        script(environment, "install", "--uninstall").orFail();
        assertThat(Shell.bash(temp, "find root -not -type d")).isEmpty();
        assertThat(root.resolve("usr/lib/poolfs")).doesNotExist();
    }

    @Test
    void install_upgradedUnderAMountedPool_keepsPoolAndMount() throws Exception {
        assumeTrue(PrivateSystem.isPossible(), "needs root and namespaces");
        script(Map.of(), "package").orFail();
        Path work = Files.createDirectories(temp.resolve("work"));

        Shell.Result result = PrivateSystem.run(
                temp,
                Map.of("HOME", work.resolve("home").toString()),
                "bash",
                PrivateSystem.script("install.sh", temp).toString(),
                Distribution.REPOSITORY.toString(),
                work.toString());

        result.orFail();
    }

    private Shell.Result script(Map<String, String> environment, String name, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(Distribution.REPOSITORY.resolve("scripts/" + name).toString());
        words.addAll(List.of(arguments));
        assertThat(Distribution.POOLFS).exists();
        return Shell.run(environment, temp, words);
    }
}
