package io.poolfs.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.journal.PoolWorld.Machine;
import io.poolfs.core.journal.PoolWorld.Mount;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several owners that take the pool from each other again and again, over remotes whose listings lag. */
@Timeout(300)
class EpochFightTest {
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("poolfs.journal.seeds", 24));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void takeOvers_again_loseNothingAcknowledged(long seed) throws Exception {
        int members = 1 + (int) (seed % 4);
        PoolWorld world = PoolWorld.ofSeed(seed, members);
        Set<String> promised = new TreeSet<>();
        world.sim.run("fight", () -> {
            world.machine("init")
                    .format(Voters.defaultWriteQuorum(members))
                    .claimed()
                    .close();
            for (SimBucket bucket : world.buckets) {
                bucket.faults()
                        .latency(Duration.ofMillis(1), Duration.ofMillis(400))
                        .listingLag(Duration.ofMillis(world.sim.random().nextInt(2500)));
            }
            List<Task> fighters = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                Machine machine = world.machine(name);
                fighters.add(world.sim.start(name, () -> fight(world, machine, promised)));
            }
            for (Task fighter : fighters) {
                fighter.join(Long.MAX_VALUE);
            }
        });
        world.sim.run("judge", () -> {
            Mount mount = world.machine("judge").open(true).claimed();
            assertThat(mount.names()).containsAll(promised);
            mount.ship("last");
            mount.close();
        });
        for (SimBucket bucket : world.buckets) {
            assertThat(bucket.overwritten()).isEmpty();
        }
    }

    private static void fight(PoolWorld world, Machine machine, Set<String> promised) throws PoolException {
        for (int round = 0; round < 4; round++) {
            Mount mount = null;
            try {
                mount = machine.open(true).claimed();
                int count = world.sim.random().nextInt(8);
                for (int i = 0; i < count; i++) {
                    String name = machine.name + round + "-" + i;
                    mount.ship(name);
                    promised.add(name);
                }
                mount.journal.close(world.deadline(Duration.ofMinutes(1)));
                mount.state.close();
                machine.store = null;
            } catch (PoolException e) {
                assertThat(e.reason()).as("%s", e).isIn(Reason.FENCED, Reason.READ_ONLY, Reason.NO_QUORUM);
                if (mount != null) {
                    mount.journal.close();
                    mount.state.close();
                }
                machine.lostState();
            }
        }
    }
}
