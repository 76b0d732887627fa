package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool as rclonepool leaves it, over crypt remotes, taken over where it lies. */
class ImportIT {
    private static final int CHUNK = 3_000_000;

    @TempDir
    Path temp;

    private final Map<String, String> expected = new TreeMap<>();
    private Path staged;

    @Test
    void import_filesOfRclonepool_areReadAndRecoveredAndDeletedAsAnyOther() throws Exception {
        List<Path> folders = Folders.make(temp, 2);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            Path rclone = machine.home().resolve("rclone.conf");
            for (int i = 1; i <= 2; i++) {
                Shell.bash(
                        temp,
                        "rclone --config " + rclone + " config create crypt-" + i + " crypt remote="
                                + folders.get(i - 1) + " password=secret password2=salt --obscure");
            }
            Path config = makeOldPool(rclone);
            machine.poolfs(
                            "init",
                            "media",
                            "--yes",
                            "--remote",
                            "crypt-1:",
                            "--remote",
                            "crypt-2:",
                            "--cache-dir",
                            machine.cache().resolve("media").toString())
                    .orFail();
            machine.configure("media", Machine.SETTLE);
            Path mount = machine.mount("mnt");

            assertThat(machine.poolfs("import-rclonepool", config.toString(), "--dry-run")
                            .out())
                    .contains("7 files found, 4 (6.6 MiB) would be taken over, 0 were in already, 3 left out");
            Shell.Result imported = machine.poolfs("import-rclonepool", config.toString());
            assertThat(imported.exit()).isEqualTo(7);
            assertThat(imported.out())
                    .contains("left out: /x/same: shares old_data/same.chunk.000 on crypt-1: with /y/same")
                    .contains("left out: /y/same: shares")
                    .contains("left out: /cut off: old_data/cut off.chunk.000 on crypt-1: has 10 bytes instead of 11");
            assertThat(RandomFiles.tree(mount)).isEqualTo(expected);
            assertThat(Files.size(mount.resolve("leer"))).isZero();
            assertThat(machine.poolfs("import-rclonepool", config.toString(), "--json")
                            .out())
                    .contains("\"imported\" : 0", "\"already\" : 4");

            machine.kill(mount);
            machine.loseState("media");
            machine.loseTmpfs();
            mount = machine.mount("mnt");
            Path film = mount.resolve("Filme/ein Film (süß) #1.mkv");
            assertThat(Shell.bash(mount, "tail -c 100 'Filme/ein Film (süß) #1.mkv' | sha256sum | cut -c1-64")
                            .trim())
                    .isEqualTo(tailDigest());
            assertThat(RandomFiles.tree(mount)).isEqualTo(expected);
            assertThat(machine.poolfs("fsck", "--data").orFail().out()).contains("all is well");
            assertThat(machine.poolfs("manifest", "/Filme/ein Film (süß) #1.mkv")
                            .orFail()
                            .out())
                    .contains("old_data/ein Film (süß) #1.mkv.chunk.002");

            // Changed and deleted like any other; the manifests stay.
            Shell.bash(mount, "printf new | dd of='" + film + "' bs=1 seek=10 conv=notrunc status=none");
            assertThat(Shell.bash(mount, "head -c 13 '" + film + "' | tail -c 3"))
                    .isEqualTo("new");
            Shell.bash(mount, "rm -r Filme klein 'a b'");
            machine.poolfs("gc", "--now").orFail();
            String left = Shell.bash(
                    temp,
                    "for i in 1 2; do rclone --config " + rclone
                            + " lsf -R --files-only crypt-$i: | grep -v poolfs_manifests; done | sort -u");
            assertThat(left.lines().filter(line -> line.startsWith("old_data")))
                    .containsExactly("old_data/cut off.chunk.000", "old_data/same.chunk.000");
            assertThat(left.lines().filter(line -> line.startsWith("old_manifests")))
                    .hasSize(7);
        }
    }

    private Path makeOldPool(Path rclone) throws Exception {
        staged = temp.resolve("staged");
        file("Filme/ein Film (süß) #1.mkv", 1, 2 * CHUNK + 900_000, true);
        file("klein", 2, 5, true);
        file("leer", 3, 0, true);
        file("a b/100% c", 4, 12_345, true);
        file("x/same", 5, 1000, false);
        file("y/same", 6, 1000, false);
        file("cut off", 7, 11, false);
        Path cut = staged.resolve("1/old_data/cut off.chunk.000");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 10));
        Shell.bash(staged, "for i in 1 2; do rclone --config " + rclone + " copy $i crypt-$i:; done");
        return Files.writeString(
                temp.resolve("config.json"),
                "{\"remotes\": [\"plain-1:\", \"plain-2:\"], \"crypt_remotes\": [\"crypt-1:\", \"crypt-2:\"],"
                        + " \"use_crypt\": true, \"enable_retry\": true, \"data_prefix\": \"old_data\", \"manifest_prefix\": \"old_manifests\"}");
    }

    /** Chunks on the remotes in turn, beginning with the first, and the manifest on each. */
    private void file(String path, long seed, int size, boolean whole) throws Exception {
        byte[] content = content(seed, size);
        if (whole) {
            expected.put(path, HexFormat.of().formatHex(sha256(content)));
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        List<String> chunks = new ArrayList<>();
        for (int from = 0; from < size; from += CHUNK) {
            int index = chunks.size();
            byte[] part = Arrays.copyOfRange(content, from, Math.min(size, from + CHUNK));
            String object = "old_data/%s.chunk.%03d".formatted(name, index);
            put(index % 2 + 1, object, part);
            chunks.add("{\"index\": %d, \"remote\": \"crypt-%d:\", \"path\": \"%s\", \"size\": %d, \"offset\": %d}"
                    .formatted(index, index % 2 + 1, object, part.length, from));
        }
        String text = name + ":" + size + ":" + chunks.size();
        String checksum = HexFormat.of().formatHex(sha256(text.getBytes(StandardCharsets.UTF_8)));
        String manifest = ("{\"version\": 1, \"file_name\": \"%s\", \"remote_dir\": \"/%s\", \"file_path\": \"/%s\","
                        + " \"file_size\": %d, \"chunk_size\": %d, \"chunk_count\": %d, \"created_at\": 1700000000.25,"
                        + " \"checksum\": \"%s\", \"chunks\": [%s]}")
                .formatted(
                        name,
                        path.substring(0, Math.max(0, path.lastIndexOf('/'))),
                        path,
                        size,
                        CHUNK,
                        chunks.size(),
                        checksum.substring(0, 16),
                        String.join(", ", chunks));
        for (int remote = 1; remote <= 2; remote++) {
            put(
                    remote,
                    "old_manifests/" + path.replace('/', '_') + ".manifest.json",
                    manifest.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void put(int remote, String object, byte[] bytes) throws IOException {
        Path target = staged.resolve(remote + "/" + object);
        Files.createDirectories(target.getParent());
        Files.write(target, bytes);
    }

    private static byte[] content(long seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static String tailDigest() throws Exception {
        byte[] film = content(1, 2 * CHUNK + 900_000);
        return HexFormat.of().formatHex(sha256(Arrays.copyOfRange(film, film.length - 100, film.length)));
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }
}
