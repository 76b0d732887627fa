package io.poolfs.cli.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.fuzz.Fuzzer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Some inputs of each target; {@code scripts/soak fuzz} tries millions. */
@Timeout(60)
class CliFuzzTest {
    private static final int INPUTS_PER_WEIGHT = Integer.getInteger("poolfs.fuzz.inputs", 50);

    @TempDir
    private Path directory;

    @Test
    void mutatedInput_isReadOrRefusedWithATypedError() throws Exception {
        for (FuzzTarget target : CliFuzz.targets(directory)) {
            long inputs = (long) target.weight() * INPUTS_PER_WEIGHT;
            assertThat(new Fuzzer(target).run(0, inputs)).isLessThanOrEqualTo(inputs);
        }
    }
}
