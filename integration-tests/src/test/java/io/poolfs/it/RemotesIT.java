package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A pool whose remotes change: one is added, disabled, taken out of the configuration, and comes back. */
class RemotesIT {
    private static final long SIZE = 3_000_000;

    @TempDir
    Path temp;

    @Test
    void remotes_addedDisabledDroppedAndBack() throws Exception {
        List<Path> folders = Folders.make(temp, 4);
        try (Machine machine = new Machine(temp.resolve("machine"))) {
            machine.init("media", folders.subList(0, 2));
            machine.configure("media", "balance_slack: 1M");

            // A mount that may not write knows the remote, but cannot make it a member: another attempt ends it.
            Path mount = machine.mount("mnt", "-o", "ro");
            assertThat(refused(machine, folders.get(2).toString())).contains("keeps no metadata yet");
            assertThat(machine.poolfs("status").orFail().out()).contains("poolfs remote add crypt-remote3:");
            machine.unmount(mount);
            machine.poolfs("remote", "add", "crypt-remote3:").orFail();

            mount = machine.mount("mnt");
            for (int i = 1; i <= 3; i++) {
                RandomFiles.write(mount.resolve("before" + i), i, SIZE);
                Shell.bash(mount, "sync before" + i);
            }
            refuseWhatCannotBe(machine, folders);

            // Added: used at once, and the next chunk goes there.
            machine.poolfs("remote", "add", folders.get(3).toString()).orFail();
            RandomFiles.write(mount.resolve("after"), 4, SIZE / 2);
            Shell.bash(mount, "sync after");
            long stored = added(machine).path("pool_bytes").asLong(-1);
            assertThat(stored).as(machine.poolfs("remote", "list").out()).isGreaterThanOrEqualTo(SIZE / 2);

            // Disabled: takes no new chunks, is read.
            machine.poolfs("remote", "disable", "crypt-remote4:").orFail();
            RandomFiles.write(mount.resolve("later"), 10, 4 * SIZE);
            Shell.bash(mount, "sync later");
            assertThat(added(machine).path("pool_bytes").asLong(-1)).isEqualTo(stored);
            machine.poolfs("remote", "enable", "crypt-remote4:").orFail();

            // Dropped while it holds chunks: known as missing, and nothing there is collected.
            String config = Files.readString(machine.configFile("media"));
            Files.writeString(machine.configFile("media"), config.replaceAll("(?m)^.*crypt-remote4:.*\n", ""));
            machine.poolfs("reload").orFail();
            assertThat(added(machine).path("health").asString()).isEqualTo("missing");
            String affected = machine.poolfs("status", "--affected", "crypt-remote4:")
                    .orFail()
                    .out();
            assertThat(affected).contains("/after").doesNotContain("/before");
            Files.delete(mount.resolve("after"));
            machine.poolfs("gc", "--now").orFail();
            assertThat(added(machine).path("pool_bytes").asLong(-1)).isEqualTo(stored);

            // Back with what it holds: what was deleted meanwhile can go now.
            machine.poolfs("remote", "add", folders.get(3).toString()).orFail();
            machine.poolfs("gc", "--now").orFail();
            JsonNode back = added(machine);
            assertThat(back.path("health").asString()).isEqualTo("healthy");
            assertThat(back.path("enabled").asBoolean(false)).isTrue();
            assertThat(back.path("pool_bytes").asLong(-1)).isZero();
            machine.unmount(mount);

            // One of the first is gone, with the state: the others are enough to be sure.
            machine.loseState("media");
            machine.loseTmpfs();
            Files.move(folders.get(0), temp.resolve("elsewhere"));
            mount = machine.mount("mnt");
            assertThat(Shell.bash(mount, "echo *").trim()).isEqualTo("before1 before2 before3 later");
            RandomFiles.write(mount.resolve("new"), 2, 1000);
            Shell.bash(mount, "sync new");
        }
    }

    private void refuseWhatCannotBe(Machine machine, List<Path> folders) throws Exception {
        Path rcloneConfig = machine.home().resolve("rclone.conf");
        Shell.bash(
                temp,
                "rclone --config " + rcloneConfig + " config create strange crypt remote=" + temp
                        + "/strange password=other --obscure");
        Path link = Files.createSymbolicLink(temp.resolve("link"), folders.get(0));
        String config = Files.readString(machine.configFile("media"));
        String rclone = Files.readString(rcloneConfig);

        assertThat(refused(machine, link.toString())).contains("same place as crypt-remote1:");
        assertThat(refused(machine, "strange:")).contains("another password");
        assertThat(Files.readString(machine.configFile("media"))).isEqualTo(config);
        assertThat(Files.readString(rcloneConfig)).isEqualTo(rclone);
    }

    private static String refused(Machine machine, String place) {
        Shell.Result result = machine.poolfs("remote", "add", place);
        assertThat(result.exit()).as(result.toString()).isNotZero();
        return result.err();
    }

    private static JsonNode added(Machine machine) {
        String list = machine.poolfs("remote", "list", "--json").orFail().out();
        for (JsonNode remote : JsonMapper.builder().build().readTree(list)) {
            if (remote.path("name").asString("").equals("crypt-remote4:")) {
                return remote;
            }
        }
        throw new AssertionError("no crypt-remote4: in " + list);
    }
}
