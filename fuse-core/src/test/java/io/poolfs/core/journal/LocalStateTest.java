package io.poolfs.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.journal.PoolWorld.Machine;
import io.poolfs.core.model.PoolException;
import org.junit.jupiter.api.Test;

class LocalStateTest {
    private final PoolWorld world = PoolWorld.ofSeed(1, 3);
    private final Machine machine = world.machine("a");

    @Test
    void open_killedWhileTheStoreWasRebuilt_rebuildsItAgain() throws Exception {
        world.sim.run("mount", () -> machine.format(2).claimed().ship("one"));
        world.sim.crash();
        machine.lostPower();
        assertThat(openAndDie()).isEqualTo(LocalState.Found.POWER_LOSS);
        assertThat(openAndDie()).isEqualTo(LocalState.Found.POWER_LOSS);
        world.sim.run("mount", () -> machine.open().claimed());
        world.sim.crash();
        machine.killed();
        assertThat(openAndDie()).isEqualTo(LocalState.Found.KILLED);
    }

    @Test
    void open_killedBeforeAFetchIsReplayed_isFreshAgain() throws Exception {
        assertThat(openAndDie()).isEqualTo(LocalState.Found.FRESH);
        assertThat(openAndDie()).isEqualTo(LocalState.Found.FRESH);
    }

    private LocalState.Found openAndDie() throws PoolException {
        LocalState.Found[] found = new LocalState.Found[1];
        world.sim.run(
                "open",
                () -> found[0] = LocalState.open(
                                world.sim, world.files, machine.directory(), PoolWorld.POOL, machine.host())
                        .found());
        world.sim.crash();
        machine.killed();
        return found[0];
    }
}
