package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The daemon dies, or is stopped while it cannot upload, and the pool is mounted again. */
@Execution(ExecutionMode.CONCURRENT)
@Order(2)
class CrashIT {
    private static final int ROUNDS = 10;

    @TempDir
    Path temp;

    @Test
    void kill_whileFourWrite_losesNothingThatWasPromised() throws Exception {
        long seed = Long.getLong("poolfs.crash.seed", System.nanoTime());
        System.out.println("CrashIT: -Dpoolfs.crash.seed=" + seed);
        try (CrashRun run = new CrashRun(temp, seed)) {
            run.run(ROUNDS);
        }
    }

    @Test
    void stop_remotesGone_spillsAndGoesOnAtTheNextMount() throws Exception {
        List<Path> remotes = Folders.make(temp, 3);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", remotes);
            machine.configure("media", "stop_drain_timeout: 3s", "remote_timeout: 3s");
            Path mount = machine.mount("mnt");
            Map<String, String> written = new TreeMap<>();
            written.put("before", RandomFiles.write(mount.resolve("before"), 1, 3_000_000));
            machine.poolfs("flush").orFail();
            List<Path> away = new ArrayList<>();
            for (Path remote : remotes) {
                away.add(Files.move(remote, remote.resolveSibling(remote.getFileName() + ".away")));
            }
            written.put("during", RandomFiles.write(mount.resolve("during"), 2, 5_000_000));
            written.put("small", RandomFiles.write(mount.resolve("small"), 3, 100));
            Shell.bash(mount, "printf changed | dd of=before bs=1 seek=1000000 conv=notrunc status=none");
            written.put("before", RandomFiles.digest(mount.resolve("before")));

            machine.terminate(mount);
            machine.loseTmpfs();
            for (Path remote : remotes) {
                assertThat(remote).as("a disk that is not plugged in").doesNotExist();
            }
            for (int i = 0; i < remotes.size(); i++) {
                Files.move(away.get(i), remotes.get(i));
            }

            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(written);
            machine.poolfs("flush").orFail();
            machine.unmount(mount);
            machine.coldCache("media");
            mount = machine.mount("mnt");
            assertThat(RandomFiles.tree(mount)).isEqualTo(written);
        }
    }
}
