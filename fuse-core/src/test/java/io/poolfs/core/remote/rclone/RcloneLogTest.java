package io.poolfs.core.remote.rclone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RcloneLogTest {
    private static final String AT = "2026/11/20 09:00:59 ";

    private final RcloneLog log = new RcloneLog(List.of("s3cr3t"));

    @Test
    void scrub_secrets_areTakenOut() {
        assertThat(log.scrub("user s3cr3t here")).isEqualTo("user *** here");
        assertThat(log.scrub("Get \"https://ann:pw@host/x\": EOF")).isEqualTo("Get \"https://***@host/x\": EOF");
        assertThat(log.scrub("password = abc, token:xyz")).doesNotContain("abc").doesNotContain("xyz");
        assertThat(log.scrub("{\"refresh_token\":\"1//0g\"}")).doesNotContain("1//0g");
        assertThat(log.scrub(AT + "DEBUG : rc: \"config/create\": with parameters map[x:y]"))
                .isEmpty();
    }

    @Test
    void learn_address_isRemembered() {
        assertThat(log.port()).isZero();
        log.learn(AT + "NOTICE: Serving remote control on http://127.0.0.1:42121/");
        assertThat(log.port()).isEqualTo(42121);
    }

    @Test
    void takeCutReason_ofTheObject_isGivenOnce() {
        log.learn(AT + "ERROR : a/b: Didn't finish writing GET request (wrote 1/2 bytes): failed to authenticate");
        log.learn(AT + "DEBUG : a/c: Get request open error: not an encrypted file");
        assertThat(log.takeCutReason("a/x")).isNull();
        assertThat(log.takeCutReason("a/b")).isEqualTo("failed to authenticate");
        assertThat(log.takeCutReason("a/b")).isNull();
        assertThat(log.takeCutReason("a/c")).isEqualTo("not an encrypted file");
    }
}
