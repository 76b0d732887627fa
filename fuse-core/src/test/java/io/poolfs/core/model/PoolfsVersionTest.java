package io.poolfs.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PoolfsVersionTest {
    @Test
    void current_builtByMaven_isTheProjectVersion() {
        assertThat(PoolfsVersion.current()).matches("\\d+\\.\\d+\\.\\d+(-[A-Za-z0-9.]+)?");
    }
}
