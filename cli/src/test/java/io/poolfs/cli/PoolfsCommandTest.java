package io.poolfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.PoolfsVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PoolfsCommandTest {
    @Test
    void version_asked_printsTheBuildsVersion() {
        StringWriter out = new StringWriter();

        int exit = new CommandLine(new PoolfsCommand())
                .setOut(new PrintWriter(out))
                .execute("--version");

        assertThat(exit).isZero();
        assertThat(out.toString().trim()).isEqualTo("poolfs " + PoolfsVersion.current());
    }
}
