package io.poolfs.core.journal;

import static io.poolfs.core.journal.Assert.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.journal.PoolWorld.Machine;
import io.poolfs.core.journal.PoolWorld.Mount;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.time.Action;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class RecoveryTest {
    private final PoolWorld world = PoolWorld.ofSeed(3, 3);
    private final Machine machine = world.machine("a");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void fetch_oneMemberDown_isComplete(int down) throws Exception {
        afterWriting(() -> {
            world.buckets.get(down).setDown(true);
            Mount mount = machine.open();
            assertThat(mount.names()).containsExactly("f0", "f1", "f2", "f3", "f4", "f5");
            assertThat(assess(mount).complete()).isTrue();
            assertThat(mount.fetched.unreadable()).containsExactly("remote" + down);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void fetch_oneMemberDamagedEverywhere_usesTheOthers(int damaged) throws Exception {
        afterWriting(() -> {
            SimBucket bucket = world.buckets.get(damaged);
            for (String name : bucket.names()) {
                bucket.flip(name, bucket.bytes(name).length / 2);
            }
            Mount mount = machine.open();
            assertThat(mount.names()).hasSize(6);
            assertThat(assess(mount).complete()).isTrue();
        });
    }

    @Test
    void fetch_eachMemberDamagedElsewhere_takesEachObjectWhereItIsWhole() throws Exception {
        afterWriting(() -> {
            List<String> names = world.buckets.get(0).names();
            for (int i = 0; i < names.size(); i++) {
                SimBucket torn = world.buckets.get(i % 3);
                byte[] bytes = torn.bytes(names.get(i));
                torn.plant(names.get(i), Arrays.copyOf(bytes, bytes.length / 2));
                world.buckets.get((i + 1) % 3).remove(names.get(i));
            }
            Mount mount = machine.open();
            assertThat(mount.names()).hasSize(6);
            assertThat(assess(mount).complete()).isTrue();
            assertThat(mount.fetched.badCopies()).isNotEmpty();
        });
    }

    /** A marker is found by its name; who claimed the epoch only a listing tells. */
    @Test
    void fetch_newestClaimNotListedYet_waitsForIt() throws Exception {
        world.sim.run("test", () -> {
            Mount first = machine.format(2).claimed();
            first.ship("early");
            first.close();
            world.sleep(Duration.ofHours(1));
            Mount second = machine.open().claimed();
            second.ship("late");
            second.close();
            Machine other = world.machine("b");
            other.connections.forEach(remote -> remote.faults().listingLag(Duration.ofSeconds(10)));
            Mount recovered = other.open();
            assertThat(recovered.names()).containsExactly("early", "late");
            assertThat(assess(recovered).complete()).isTrue();
            recovered.state.close();
        });
    }

    @Test
    void fetch_newestClaimNeverListed_saysThatItMayNotBeEverything() throws Exception {
        world.sim.run("test", () -> {
            Mount first = machine.format(2).claimed();
            first.ship("early");
            first.close();
            Mount second = machine.open().claimed();
            second.ship("late");
            second.close();
            world.buckets.forEach(bucket -> bucket.names().stream()
                    .filter(name -> name.matches(".*/epoch/2-.*"))
                    .forEach(bucket::remove));
            Mount recovered = world.machine("b").open();
            assertThat(recovered.names()).containsExactly("early");
            assertThat(assess(recovered).complete()).isFalse();
            assertThat(assess(recovered).why()).contains("epoch 2", "by whom");
            recovered.state.close();
        });
    }

    /** A claim that came to nothing hides nothing: what matters is the newest epoch that wrote. */
    @Test
    void fetch_claimBeforeTheNewestNeverListed_saysThatItMayNotBeEverything() throws Exception {
        world.sim.run("test", () -> {
            Mount first = machine.format(2).claimed();
            first.ship("early");
            first.close();
            Mount second = machine.open().claimed();
            second.ship("late");
            second.close();
            for (SimBucket bucket : world.buckets) {
                bucket.names().stream()
                        .filter(name -> name.matches(".*/epoch/2-.*"))
                        .forEach(bucket::remove);
                bucket.plant(PoolWorld.LAYOUT.marker(3), new byte[1]);
                bucket.plant(PoolWorld.LAYOUT.claim(3, new OwnerId(3, 3)), new byte[1]);
            }
            Mount recovered = world.machine("b").open();
            assertThat(recovered.names()).containsExactly("early");
            assertThat(assess(recovered).complete()).isFalse();
            assertThat(assess(recovered).why()).contains("epoch 2", "by whom");
            recovered.state.close();
        });
    }

    /** The newest claim is one that could not be put, and no listing shows those before it. */
    @Test
    void claim_afterAnAttemptWhileListingsLag_goesOnFromItsOwnHistory() throws Exception {
        world.sim.run("test", () -> {
            Mount first = machine.format(2).claimed();
            first.ship("early");
            first.journal.close();
            first.state.close();
            world.buckets.forEach(bucket -> bucket.setCapacity(OptionalLong.of(0)));
            Mount attempt = machine.open().start();
            world.sleep(Duration.ofMinutes(1));
            assertThat(attempt.journal.claimError()).isNotNull();
            attempt.journal.close();
            attempt.state.close();
            world.buckets.forEach(bucket -> bucket.setCapacity(OptionalLong.empty()));
            machine.connections.forEach(remote -> remote.faults().listingLag(Duration.ofHours(1)));
            Mount second = machine.open().claimed();
            second.ship("late");
            assertThat(second.names()).containsExactly("early", "late");
            second.close();
        });
    }

    /** Whoever holds an epoch looks for the next number only. */
    @Test
    void claim_afterAnAttemptThatLeftNothing_endsTheHoldersEpoch() throws Exception {
        world.sim.run("test", () -> {
            Mount holder = machine.format(2).claimed();
            holder.ship("early");
            Machine other = world.machine("b");
            other.open().state.close();
            world.buckets.forEach(bucket -> bucket.setCapacity(OptionalLong.of(0)));
            Mount attempt = other.open(true).start();
            world.sleep(Duration.ofMinutes(1));
            assertThat(attempt.journal.claimError()).isNotNull();
            attempt.journal.close();
            attempt.state.close();
            world.buckets.forEach(bucket -> bucket.setCapacity(OptionalLong.empty()));
            Mount taker = other.open(true).claimed();
            taker.ship("taken");
            assertFails(() -> holder.ship("late"), Reason.FENCED);
            holder.journal.close();
            holder.state.close();
            taker.close();
        });
    }

    @Test
    void claim_holdersClaimNotListedYet_isRefused() throws Exception {
        world.sim.run("test", () -> {
            Mount first = machine.format(2).claimed();
            first.ship("early");
            first.close();
            world.sleep(Duration.ofHours(1));
            Machine other = world.machine("b");
            other.open().state.close();
            Mount holder = machine.open().claimed();
            holder.ship("late");
            other.connections.forEach(remote -> remote.faults().listingLag(Duration.ofSeconds(10)));
            Mount intruder = other.open();
            assertFails(intruder::claimed, Reason.FENCED);
            intruder.journal.close();
            intruder.state.close();
            holder.ship("later");
            holder.close();
        });
    }

    @Test
    void fetch_twoOfThreeMembersDown_saysWhatMayBeMissing() throws Exception {
        afterWriting(() -> {
            world.buckets.get(0).setDown(true);
            world.buckets.get(2).setDown(true);
            Mount mount = machine.open();
            Recovery.Assessment assessment = assess(mount);
            assertThat(assessment.complete()).isFalse();
            assertThat(assessment.why()).contains("only 1 of 3", "remote0", "remote2", "may be missing");
        });
    }

    @Test
    void fetch_segmentGoneEverywhere_stopsBeforeTheGapAndNamesIt() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(2).claimed();
            for (int i = 0; i < 6; i++) {
                mount.ship("f" + i);
            }
            settle();
            mount.journal.close();
            mount.state.close();
            machine.lostState();
            for (SimBucket bucket : world.buckets) {
                bucket.names().stream()
                        .filter(name -> name.matches(".*/journal/.*/4"))
                        .forEach(bucket::remove);
            }
            Mount later = machine.open();
            assertThat(later.names()).containsExactly("f0", "f1");
            assertThat(assess(later).complete()).isFalse();
            assertThat(assess(later).why()).contains("transactions 4 to 4 are missing");
            later.state.close();
        });
    }

    @Test
    void fetch_newestCheckpointDamagedAndASegmentGone_goesOnFromTheOlder() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(2).claimed();
            mount.ship("f0");
            mount.journal.checkpoint(world.deadline(Duration.ofMinutes(1)));
            mount.ship("f1");
            mount.ship("f2");
            mount.journal.checkpoint(world.deadline(Duration.ofMinutes(1)));
            settle();
            mount.journal.close();
            mount.state.close();
            machine.lostState();
            for (SimBucket bucket : world.buckets) {
                bucket.names().stream()
                        .filter(name -> name.matches(".*/checkpoint/4-.*|.*/journal/.*/4"))
                        .forEach(name -> bucket.flip(name, 40));
            }
            Mount later = machine.open();
            assertThat(later.names()).containsExactly("f0", "f1");
            assertThat(assess(later).complete()).isFalse();
            later.state.close();
        });
    }

    @Test
    void fetch_segmentDamagedEverywhere_stopsAndNamesTheTransactions() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(2).claimed();
            for (int i = 0; i < 6; i++) {
                mount.ship("f" + i);
            }
            settle();
            mount.journal.close();
            mount.state.close();
            machine.lostState();
            for (SimBucket bucket : world.buckets) {
                bucket.names().stream()
                        .filter(name -> name.matches(".*/journal/.*/4"))
                        .forEach(name -> bucket.flip(name, 40));
            }
            Mount later = machine.open();
            assertThat(later.names()).containsExactly("f0", "f1");
            assertThat(assess(later).complete()).isFalse();
            assertThat(assess(later).why()).contains("transactions from 4 on");
            later.state.close();
        });
    }

    @Test
    void open_acceptLossTwoMembersGone_goesOnWithTheRest() throws Exception {
        afterWriting(() -> {
            world.buckets.get(1).setDown(true);
            world.buckets.get(2).setDown(true);
            Mount stuck = machine.open().start();
            assertThat(stuck.journal.awaitClaimed(world.deadline(Duration.ofMinutes(3))))
                    .isFalse();
            stuck.journal.close();
            stuck.state.close();

            machine.acceptLoss = true;
            Mount mount = machine.open(true).claimed();
            mount.ship("new");
            assertThat(mount.metadata.read(MetadataReader::members).members()).hasSize(1);
            mount.close();
            machine.acceptLoss = false;
            machine.lostState();
            assertThat(machine.open().names()).hasSize(7);
        });
    }

    @Test
    void open_acceptLossBeforeAHole_goesOnFromThere() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(2).claimed();
            for (int i = 0; i < 6; i++) {
                mount.ship("f" + i);
            }
            settle();
            mount.journal.close();
            mount.state.close();
            machine.lostState();
            for (SimBucket bucket : world.buckets) {
                bucket.names().stream()
                        .filter(name -> name.matches(".*/journal/.*/4"))
                        .forEach(bucket::remove);
            }
            Mount refused = machine.open(true);
            assertFails(refused::claimed, Reason.CORRUPT, "transactions 4 to 4 are missing");
            refused.journal.close();
            refused.state.close();

            machine.acceptLoss = true;
            Mount later = machine.open(true).claimed();
            later.ship("new");
            later.close();
            machine.lostState();
            machine.acceptLoss = false;
            Mount again = machine.open();
            assertThat(again.names()).containsExactly("f0", "f1", "new");
            assertThat(assess(again).complete()).isTrue();
            assertThat(again.fetched.voidSegments()).hasSize(3);
        });
    }

    @Test
    void fetch_nothingThere_fails() throws Exception {
        world.sim.run("test", () -> assertFails(machine::open, Reason.CORRUPT));
        world.sim.run("test", () -> {
            world.buckets.forEach(bucket -> bucket.setDown(true));
            assertFails(machine::open, Reason.NO_QUORUM);
        });
    }

    @Test
    void fetch_adopted_isOnAMajorityBeforeAnythingNew() throws Exception {
        afterWriting(() -> {
            world.buckets.get(1).wipe();
            world.buckets.get(2).wipe();
            Mount mount = machine.open(true).claimed();
            assertThat(world.buckets.subList(1, 3))
                    .anyMatch(bucket -> bucket.names().stream().anyMatch(name -> name.contains("/checkpoint/")));
            mount.ship("new");
            settle();
            mount.close();
            world.buckets.get(0).wipe();
            machine.lostState();
            Mount again = machine.open();
            assertThat(again.names()).hasSize(7);
        });
    }

    /** Six files, a checkpoint after the third, everything on all members; then the state directory is lost. */
    private void afterWriting(Action test) throws PoolException {
        world.sim.run("write", () -> {
            Mount mount = machine.format(2).claimed();
            for (int i = 0; i < 6; i++) {
                mount.ship("f" + i);
                if (i == 2) {
                    mount.journal.checkpoint(world.deadline(Duration.ofMinutes(1)));
                }
            }
            settle();
            mount.journal.close();
            mount.state.close();
            machine.lostState();
        });
        world.sim.run("test", test);
    }

    private Recovery.Assessment assess(Mount mount) throws PoolException {
        return Recovery.assess(mount.fetched, mount.metadata);
    }

    private void settle() throws PoolException {
        world.sleep(Duration.ofMinutes(1));
    }
}
