package io.poolfs.mount.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelVersionTest {
    @Test
    void isAtLeast_comparesNumbers() {
        assertThat(KernelVersion.of("6.18.5-amd64").isAtLeast(new KernelVersion(5, 4)))
                .isTrue();
        assertThat(KernelVersion.of("5.10.0").isAtLeast(new KernelVersion(5, 4)))
                .isTrue();
        assertThat(KernelVersion.of("5.3.18").isAtLeast(new KernelVersion(5, 4)))
                .isFalse();
        assertThat(KernelVersion.of("4.19").isAtLeast(new KernelVersion(5, 4))).isFalse();
    }

    @Test
    void of_whatIsNoRelease_isOlderThanAll() {
        assertThat(KernelVersion.of("").isAtLeast(new KernelVersion(1, 0))).isFalse();
    }
}
