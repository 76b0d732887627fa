package io.poolfs.core.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EngineSimulationTest {
    private static final int ACTS = 300;

    @Test
    void tell_manySeeds_keepsWhatWasPromised() {
        long transactions = 0;
        long seeds = Long.getLong("sim.seeds", 20);
        for (long seed = Long.getLong("sim.from", 1); seed <= seeds; seed++) {
            transactions +=
                    EngineSimulation.tell(Story.ofSeed(seed, ACTS), Bug.NONE).transactions();
        }
        assertThat(transactions).isPositive();
    }
}
