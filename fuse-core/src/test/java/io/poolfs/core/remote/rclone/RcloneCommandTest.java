package io.poolfs.core.remote.rclone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RcloneCommandTest {
    @TempDir
    Path directory;

    @Test
    void build_inAService_keepsItFromSpeakingForUs() throws Exception {
        Path binary = Files.createFile(directory.resolve("rclone"));
        assertThat(binary.toFile().setExecutable(true)).isTrue();
        Map<String, String> environment =
                Map.of("PATH", "/usr/bin:/bin", "NOTIFY_SOCKET", "/run/notify", "JOURNAL_STREAM", "8:1", "HOME", "/h");
        RcloneLaunch launch =
                new RcloneLaunch(binary.toString(), null, null, List.of(), environment, Duration.ofSeconds(1));

        assertThat(RcloneCommand.of(launch).build("user", "secret").environment())
                .containsEntry("HOME", "/h")
                .containsEntry("RCLONE_RC_PASS", "secret")
                .doesNotContainKeys("NOTIFY_SOCKET", "JOURNAL_STREAM");
    }
}
