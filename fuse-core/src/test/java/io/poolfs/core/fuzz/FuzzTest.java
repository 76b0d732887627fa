package io.poolfs.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.PoolException;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Some inputs of each target; {@code scripts/soak fuzz} tries millions. */
@Timeout(60)
class FuzzTest {
    private static final int INPUTS_PER_WEIGHT = Integer.getInteger("poolfs.fuzz.inputs", 20);

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    void mutatedInput_isReadOrRefusedWithATypedError(String name, FuzzTarget target) {
        long inputs = 3 + (long) target.weight() * INPUTS_PER_WEIGHT;
        assertThat(new Fuzzer(target).run(0, inputs)).isLessThanOrEqualTo(inputs);
    }

    static Stream<Arguments> targets() throws PoolException, IOException {
        return Targets.all().stream().map(target -> Arguments.of(target.name(), target));
    }
}
