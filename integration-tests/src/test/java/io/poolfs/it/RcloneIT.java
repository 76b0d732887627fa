package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RcloneIT {
    @Test
    void rclone_onThisSystem_tellsItsVersion() throws Exception {
        Process rclone = new ProcessBuilder("rclone", "version").start();
        String output = new String(rclone.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(rclone.waitFor()).isZero();
        assertThat(output).startsWith("rclone v");
    }
}
