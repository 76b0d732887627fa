package io.poolfs.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ObscuredTest {
    @Test
    void reveal_whatRcloneObscured_isThePassword() {
        assertThat(Obscured.reveal("XwhkmS0_ZwEUv-c_PRf1949EFzVmMrj0aQ")).isEqualTo("pa ss-ör");
    }

    @Test
    void reveal_somethingElse_isRefused() {
        assertThatThrownBy(() -> Obscured.reveal("short")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void freeName_takenNames_areCountedUp() {
        assertThat(CryptRemotes.freeName("crypt-a", List.of("crypt-a", "crypt-a-2")))
                .isEqualTo("crypt-a-3");
        assertThat(CryptRemotes.base("mega1:")).isEqualTo("mega1");
        assertThat(CryptRemotes.base("mega1:a/b c")).isEqualTo("mega1-a-b-c");
        assertThat(CryptRemotes.base("/mnt/Disk 1")).isEqualTo("disk-1");
    }
}
