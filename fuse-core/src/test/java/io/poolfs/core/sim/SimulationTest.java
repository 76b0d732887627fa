package io.poolfs.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final int MAX_STEPS = 4000;

    @Test
    void run_metadataAlone_keepsEveryCommittedChange() {
        long transactions = 0;
        for (long seed = 0; seed < 20; seed++) {
            transactions +=
                    Simulation.run(seed, MAX_STEPS, MetadataProcess.opener()).transactions();
        }
        assertThat(transactions).isPositive();
    }

    @Test
    void run_sameSeed_tellsTheSameStory() {
        for (long seed = 0; seed < 3; seed++) {
            assertThat(Simulation.run(seed, MAX_STEPS, MetadataProcess.opener()))
                    .isEqualTo(Simulation.run(seed, MAX_STEPS, MetadataProcess.opener()));
        }
    }
}
