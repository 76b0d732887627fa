package io.poolfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.cli.command.PoolfsCommand;
import io.poolfs.core.model.PoolfsVersion;
import org.junit.jupiter.api.Test;

class MainTest {
    @Test
    void version_asked_printsTheBuildsVersion() {
        assertThat(PoolfsCommand.versionLine()).isEqualTo("poolfs " + PoolfsVersion.current());
    }
}
