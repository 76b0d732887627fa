package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Files that are larger than what they pass through. */
@Execution(ExecutionMode.CONCURRENT)
@Order(7)
class BigFilesIT {
    private static final long MIB = 1 << 20;

    @TempDir
    Path temp;

    @Test
    void file_largerThanAnyRemote_isSpreadEvenly() throws Exception {
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", Folders.make(temp, 4));
            machine.configure("media", "chunk_size: 4M");
            machine.limitRemotes("media", "capacity: 40M, min_free: 4M");
            Path mount = machine.mount("mnt");

            String digest = RandomFiles.write(mount.resolve("large"), 5, 100 * MIB);
            machine.poolfs("flush").orFail();

            assertEven(machine, 4 * MIB);
            assertThat(Folders.bytes(temp.resolve("remote1"))).isLessThan(36 * MIB);
            // 44 MB are left, and each remote keeps 4 of its own back.
            Shell.Result tooMuch = Shell.run(
                    Map.of(),
                    temp,
                    List.of("dd", "if=/dev/zero", "of=" + mount.resolve("toomuch"), "bs=1M", "count=64"));
            assertThat(tooMuch.err()).contains("No space left on device");
            Files.delete(mount.resolve("toomuch"));

            machine.unmount(mount);
            machine.coldCache("media");
            mount = machine.mount("mnt");
            assertThat(RandomFiles.digest(mount.resolve("large"))).isEqualTo(digest);
        }
    }

    @Test
    void file_twentyTimesTheCache_passesBothWays() throws Exception {
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", Folders.make(temp, 3));
            machine.configure("media", "chunk_size: 2M", "cache_size: 16M");
            Path mount = machine.mount("mnt");

            String digest = RandomFiles.write(mount.resolve("large"), 6, 320 * MIB);
            assertThat(allocated(machine.cache())).isLessThan(18 * MIB);
            assertThat(RandomFiles.digest(mount.resolve("large"))).isEqualTo(digest);
            assertThat(allocated(machine.cache())).isLessThan(18 * MIB);
            machine.poolfs("flush").orFail();
            assertEven(machine, 2 * MIB);

            machine.unmount(mount);
            machine.coldCache("media");
            mount = machine.mount("mnt");
            assertThat(RandomFiles.digest(mount.resolve("large"))).isEqualTo(digest);
            assertThat(allocated(machine.cache())).isLessThan(18 * MIB);
        }
    }

    /** The bytes of the pool on each remote differ by one chunk at most. */
    private static void assertEven(Machine machine, long chunkBytes) {
        String status = machine.poolfs("status", "--json").orFail().out();
        List<Long> bytes = new ArrayList<>();
        for (MatchResult match : Pattern.compile("\"pool_bytes\" : (\\d+)")
                .matcher(status)
                .results()
                .toList()) {
            bytes.add(Long.parseLong(match.group(1)));
        }
        assertThat(bytes).hasSizeGreaterThan(2);
        assertThat(Collections.max(bytes) - Collections.min(bytes))
                .as(bytes.toString())
                .isLessThanOrEqualTo(chunkBytes);
    }

    /** What the files take, holes left out, and maps and marks beside the content included. */
    private static long allocated(Path directory) {
        return 1024 * Long.parseLong(Shell.bash(directory, "du -sk . | cut -f1").trim());
    }
}
