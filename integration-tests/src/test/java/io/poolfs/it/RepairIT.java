package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fsck --repair} after objects on the remotes were deleted, cut off, changed and moved by hand. */
class RepairIT {
    private static final long SIZE = 2_500_000;

    @TempDir
    Path temp;

    @Test
    void repair_whatIsStillSomewhere_isStoredAgainAndTheRestIsNamed() throws Exception {
        List<Path> folders = Folders.make(temp, 2);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.poolfs(
                            "init",
                            "media",
                            "--yes",
                            "--no-encrypt",
                            "--local",
                            folders.get(0).toString(),
                            "--local",
                            folders.get(1).toString(),
                            "--cache-dir",
                            machine.cache().resolve("media").toString())
                    .orFail();
            machine.configure("media", Machine.SETTLE);
            Path mount = machine.mount("mnt");
            for (String name : List.of("gone", "cut", "flipped", "moved", "lost", "fine")) {
                RandomFiles.write(mount.resolve(name), name.hashCode(), SIZE);
                Shell.bash(mount, "sync " + name); // each in a chunk of its own
            }
            Map<String, String> expected = RandomFiles.tree(mount);
            machine.unmount(mount);
            machine.coldCache("media");
            // Three of them are in the cache again.
            mount = machine.mount("mnt");
            for (String name : List.of("gone", "cut", "flipped")) {
                assertThat(RandomFiles.digest(mount.resolve(name))).isEqualTo(expected.get(name));
            }

            Files.delete(object(mount, "gone"));
            try (RandomAccessFile cut =
                            new RandomAccessFile(object(mount, "cut").toFile(), "rw");
                    RandomAccessFile flipped =
                            new RandomAccessFile(object(mount, "flipped").toFile(), "rw")) {
                cut.setLength(1000);
                flipped.seek(2_000_000);
                flipped.write("damage".getBytes(StandardCharsets.US_ASCII));
            }
            Path from = object(mount, "moved");
            Path other = from.startsWith(folders.get(0)) ? folders.get(1) : folders.get(0);
            Path own = from.startsWith(folders.get(0)) ? folders.get(0) : folders.get(1);
            Path to = other.resolve(own.relativize(from));
            Files.createDirectories(to.getParent());
            Files.move(from, to);
            Files.delete(object(mount, "lost"));

            Shell.Result found = machine.poolfs("fsck", "--data");
            assertThat(found.exit()).isEqualTo(7);
            assertThat(found.out())
                    .contains("lost of /gone: 2500000 bytes at 0", "lost of /cut: 2500000 bytes at 0")
                    .contains("lost of /flipped: 1048576 bytes at 1048576", "lost of /moved:", "lost of /lost:")
                    .doesNotContain("/fine", "repaired");
            Shell.Result repaired = machine.poolfs("fsck", "--data", "--repair");
            assertThat(repaired.exit()).isEqualTo(7);
            assertThat(repaired.out().lines().filter(line -> line.startsWith("repaired:")))
                    .hasSize(4);
            assertThat(repaired.out().lines().filter(line -> line.startsWith("wrong: lost of")))
                    .containsExactly("wrong: lost of /lost: 2500000 bytes at 0");

            assertThat(RandomFiles.digest(mount.resolve("moved"))).isEqualTo(expected.get("moved"));
            assertThat(Files.size(mount.resolve("lost"))).isEqualTo(SIZE);
            Files.delete(mount.resolve("lost"));
            // Reads all of what was stored again.
            assertThat(machine.poolfs("fsck", "--data").orFail().out()).contains("all is well");
        }
    }

    /** Where the one chunk of a file lies. */
    private Path object(Path mount, String name) {
        String chunk = Shell.bash(mount, "getfattr --only-values -n user.poolfs.chunks " + name);
        return Path.of(Shell.bash(temp, "find $PWD/remote? -name " + chunk).trim());
    }
}
