package io.poolfs.core.journal;

import static io.poolfs.core.journal.Assert.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.journal.PoolWorld.Machine;
import io.poolfs.core.journal.PoolWorld.Mount;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataReader.Members;
import io.poolfs.core.model.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class MembershipTest {
    private final PoolWorld world = PoolWorld.ofSeed(5, 4);
    private final Machine machine = world.machine("a");

    @Test
    void change_newMember_hasAllBeforeItCounts() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(world.members(2, 1)).claimed();
            mount.ship("one");
            mount.journal.changeMembers(world.members(3, 2), world.deadline(Duration.ofMinutes(5)));
            mount.ship("two");
            mount.close();

            machine.lostState();
            world.buckets.get(0).setDown(true);
            Mount again = machine.open();
            assertThat(again.names()).containsExactly("one", "two");
            assertThat(again.metadata.read(MetadataReader::members).writeQuorum())
                    .isEqualTo(2);
            assertThat(Recovery.assess(again.fetched, again.metadata).complete())
                    .isTrue();
            again.state.close();
        });
    }

    @Test
    void change_newMemberDown_isNotMade() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(world.members(3, 2)).claimed();
            mount.ship("one");
            world.buckets.get(3).setDown(true);
            assertFails(
                    () -> mount.journal.changeMembers(world.members(4, 3), world.deadline(Duration.ofMinutes(2))),
                    Reason.NO_QUORUM,
                    "remote3");
            assertThat(mount.metadata.read(MetadataReader::members).members()).hasSize(3);
            mount.ship("two");
            mount.close();
        });
    }

    @Test
    void change_memberLeaves_isNotNeededAnyMore() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(world.members(4, 3)).claimed();
            mount.ship("one");
            mount.journal.changeMembers(world.members(2, 2), world.deadline(Duration.ofMinutes(5)));
            world.buckets.get(2).setDown(true);
            world.buckets.get(3).setDown(true);
            mount.ship("two");
            mount.close();
            Mount again = machine.open().claimed();
            assertThat(again.names()).containsExactly("one", "two");
            again.close();
        });
    }

    @Test
    void change_impossibleQuorum_isRefused() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(world.members(3, 2)).claimed();
            assertFails(() -> mount.journal.changeMembers(world.members(3, 4), Long.MAX_VALUE), Reason.INVALID);
            assertFails(() -> mount.journal.changeMembers(world.members(3, 0), Long.MAX_VALUE), Reason.INVALID);
            mount.close();
        });
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void change_killedAtAnyStep_endsOldOrNew(long seed) throws Exception {
        PoolWorld crashing = PoolWorld.ofSeed(seed, 4);
        Machine killed = crashing.machine("a");
        crashing.sim.run("format", () -> {
            Mount mount = killed.format(crashing.members(3, 2)).claimed();
            mount.ship("one");
            mount.close();
        });
        crashing.sim.stopAfter(1500 + crashing.sim.random().nextInt(4000));
        crashing.sim.run("change", () -> {
            Mount mount = killed.open().claimed();
            mount.journal.changeMembers(crashing.members(4, 3), crashing.deadline(Duration.ofMinutes(5)));
            mount.close();
        });
        crashing.sim.stopAfter(Long.MAX_VALUE);
        killed.killed();
        crashing.sim.run("after", () -> {
            Mount mount = killed.open().claimed();
            mount.ship("two");
            assertThat(mount.names()).containsExactly("one", "two");
            Members members = mount.metadata.read(MetadataReader::members);
            assertThat(members.members().size()).isIn(3, 4);
            // Repeating it, and another one behind it, in the mount that ends what was interrupted.
            mount.journal.changeMembers(crashing.members(4, 3), crashing.deadline(Duration.ofMinutes(5)));
            mount.ship("three");
            mount.journal.changeMembers(crashing.members(3, 2), crashing.deadline(Duration.ofMinutes(5)));
            crashing.buckets.get(3).setDown(true);
            mount.ship("four");
            mount.close();
        });
    }

    @Test
    void change_atOnceAfterAnInterruptedOne_isMadeToo() throws Exception {
        // Whether the change before it was cut off behind its commit depends on the step.
        for (long steps = 1500; steps < 4500; steps += 75) {
            PoolWorld crashing = PoolWorld.ofSeed(steps, 5);
            Machine killed = crashing.machine("a");
            crashing.sim.run("format", () -> {
                Mount mount = killed.format(crashing.members(3, 2)).claimed();
                mount.close();
            });
            crashing.sim.stopAfter(steps);
            crashing.sim.run("change", () -> {
                Mount mount = killed.open().claimed();
                mount.journal.changeMembers(crashing.members(4, 3), crashing.deadline(Duration.ofMinutes(5)));
                mount.close();
            });
            crashing.sim.stopAfter(Long.MAX_VALUE);
            killed.killed();
            crashing.sim.run("after", () -> {
                Mount mount = killed.open().claimed();
                mount.journal.changeMembers(crashing.members(5, 3), crashing.deadline(Duration.ofMinutes(5)));
                assertThat(mount.metadata.read(MetadataReader::members).members())
                        .hasSize(5);
                mount.ship("one");
                mount.close();
            });
        }
    }

    @Test
    void change_newMemberDown_canBeRepeatedWhenItIsBack() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = machine.format(world.members(3, 2)).claimed();
            mount.ship("one");
            world.buckets.get(3).setDown(true);
            assertFails(
                    () -> mount.journal.changeMembers(world.members(4, 3), world.deadline(Duration.ofMinutes(2))),
                    Reason.NO_QUORUM);
            world.buckets.get(3).setDown(false);
            mount.journal.changeMembers(world.members(4, 3), world.deadline(Duration.ofMinutes(5)));
            mount.ship("two");
            assertThat(mount.metadata.read(MetadataReader::members).members()).hasSize(4);
            mount.close();
        });
    }

    @Test
    void quorums_meetEachOther() {
        for (int count = 1; count <= 7; count++) {
            for (int write = 1; write <= count; write++) {
                Members group = world.members(Math.min(count, 4), Math.min(write, 4));
                int n = group.members().size();
                int w = group.writeQuorum();
                // A claim is seen by whoever reads the fence, and by the next claim; what was shipped is read.
                assertThat(Voters.claimQuorum(group) + Voters.fenceQuorum(group))
                        .isGreaterThan(n);
                assertThat(2 * Voters.claimQuorum(group)).isGreaterThan(n);
                assertThat(w + Voters.readQuorum(group)).isGreaterThan(n);
                assertThat(Voters.claimQuorum(group)).isGreaterThanOrEqualTo(Voters.readQuorum(group));
            }
        }
    }

    @Test
    void quorums_joint_needBothGroups() {
        Voters joint = new Voters(List.of(world.members(2, 2), world.members(4, 3)));
        assertThat(joint.members()).hasSize(4);
        assertThat(joint.isWritten(Set.of(PoolWorld.id(0), PoolWorld.id(1)))).isFalse();
        assertThat(joint.isWritten(Set.of(PoolWorld.id(1), PoolWorld.id(2), PoolWorld.id(3))))
                .isFalse();
        assertThat(joint.isWritten(Set.of(PoolWorld.id(0), PoolWorld.id(1), PoolWorld.id(2))))
                .isTrue();
    }
}
