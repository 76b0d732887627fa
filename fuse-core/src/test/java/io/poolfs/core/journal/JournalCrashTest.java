package io.poolfs.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.journal.PoolWorld.Machine;
import io.poolfs.core.journal.PoolWorld.Mount;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimFault;
import io.poolfs.core.time.SimScheduler.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One owner whose process dies at any step, with and without the machine, over remotes that fail. */
@Timeout(300)
class JournalCrashTest {
    private static final int LIVES = 8;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("poolfs.journal.seeds", 24));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void crashes_atAnyStep_loseNothingAcknowledged(long seed) throws Exception {
        PoolWorld world = PoolWorld.ofSeed(seed, 3);
        Machine machine = world.machine("a");
        world.sim.run("format", () -> machine.format(2).claimed().close());
        faults(world);
        List<String> written = new ArrayList<>();
        List<String> promised = new ArrayList<>();
        for (int life = 0; life < LIVES; life++) {
            world.sim.stopAfter(200 + world.sim.random().nextInt(12_000));
            Outcome outcome = world.sim.run("life", () -> live(world, machine, written, promised));
            world.sim.stopAfter(Long.MAX_VALUE);
            if (outcome == Outcome.CRASHED && world.sim.random().nextInt(2) == 0) {
                machine.lostPower();
            } else if (outcome == Outcome.CRASHED) {
                machine.killed();
                world.sim.run("look", () -> {
                    Mount mount = machine.open();
                    // The local log survives the process: everything that was answered is there.
                    assertThat(mount.names()).containsAll(written);
                    mount.state.close();
                });
            }
            world.sim.advance(Duration.ofMinutes(1));
        }
        world.buckets.forEach(bucket -> bucket.faults().calm());
        world.sim.run("end", () -> {
            Mount mount = machine.open().claimed();
            assertThat(mount.names()).containsAll(promised);
            mount.ship("last");
            List<String> names = mount.names();
            mount.close();

            machine.lostState();
            Mount elsewhere = machine.open();
            assertThat(elsewhere.names()).isEqualTo(names);
            assertThat(Recovery.assess(elsewhere.fetched, elsewhere.metadata).complete())
                    .isTrue();
            elsewhere.state.close();
        });
        for (SimBucket bucket : world.buckets) {
            assertThat(bucket.overwritten()).isEmpty();
        }
    }

    private static void live(PoolWorld world, Machine machine, List<String> written, List<String> promised)
            throws PoolException {
        Mount mount = machine.open().start();
        written.clear();
        written.addAll(mount.names());
        int count = world.sim.random().nextInt(12);
        for (int i = 0; i < count; i++) {
            String name = "f" + mount.metadata.lastTransaction() + "-"
                    + world.sim.random().nextInt(1_000_000);
            try {
                mount.create(name);
                written.add(name);
                if (world.sim.random().nextInt(2) == 0) {
                    mount.journal.awaitShipped(mount.metadata.lastTransaction(), world.deadline(Duration.ofMinutes(5)));
                    promised.addAll(written);
                }
                if (world.sim.random().nextInt(6) == 0) {
                    mount.journal.checkpoint(world.deadline(Duration.ofMinutes(5)));
                }
            } catch (PoolException e) {
                assertThat(e.reason().name()).as("%s", e).isIn("NO_QUORUM", "TIMEOUT");
            }
        }
        mount.close();
    }

    private static void faults(PoolWorld world) {
        for (SimBucket bucket : world.buckets) {
            bucket.faults()
                    .set(SimFault.ERROR_BEFORE, 0.03)
                    .set(SimFault.ERROR_AFTER, 0.03)
                    .set(SimFault.TORN_UPLOAD, 0.02)
                    .set(SimFault.HANG, 0.01)
                    .set(SimFault.LATE_EFFECT, 0.01)
                    .set(SimFault.FLIP_IN_FLIGHT, 0.01)
                    .latency(Duration.ofMillis(1), Duration.ofMillis(300))
                    .listingLag(Duration.ofSeconds(1));
        }
    }
}
