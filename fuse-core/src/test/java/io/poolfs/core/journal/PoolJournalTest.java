package io.poolfs.core.journal;

import static io.poolfs.core.journal.Assert.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.journal.PoolWorld.Machine;
import io.poolfs.core.journal.PoolWorld.Mount;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PoolJournalTest {
    private final PoolWorld world = PoolWorld.ofSeed(1, 3);

    @Test
    void ship_newPool_isOnAMajorityAndAllCatchUp() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = world.machine("a").format(2).claimed();
            long transaction = mount.ship("one");

            assertThat(mount.journal.shippedTransaction()).isEqualTo(transaction);
            assertThat(mount.journal.epoch()).isEqualTo(1);
            mount.close();
        });
        for (int i = 0; i < 3; i++) {
            assertThat(world.buckets.get(i).names()).anyMatch(name -> name.startsWith("poolfs_manifests/journal/1-"));
        }
        assertThat(world.buckets.get(0).overwritten()).isEmpty();
    }

    @Test
    void open_afterClose_continuesWithAHigherEpoch() throws Exception {
        Machine a = world.machine("a");
        world.sim.run("test", () -> {
            Mount mount = a.format(2).claimed();
            mount.ship("one");
            mount.close();
            assertThat(world.buckets.get(0).names()).anyMatch(name -> name.endsWith(".released"));

            Mount again = a.open().claimed();
            assertThat(again.state.found()).isEqualTo(LocalState.Found.CLEAN);
            assertThat(again.journal.epoch()).isEqualTo(2);
            assertThat(again.names()).containsExactly("one");
            again.ship("two");
            again.close();
        });
    }

    @Test
    void awaitShipped_someMembersFull_isNoQuorumAndOnlyWhenAllAreItIsRoom() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = world.machine("a").format(2).claimed();
            mount.ship("one");
            world.buckets.get(0).setDown(true);
            world.buckets.get(1).setCapacity(OptionalLong.of(1));
            world.buckets.get(2).setCapacity(OptionalLong.of(1));
            assertFails(() -> mount.ship("two"), Reason.NO_QUORUM);
            world.buckets.get(0).setDown(false);
            world.buckets.get(0).setCapacity(OptionalLong.of(1));
            assertFails(() -> mount.ship("three"), Reason.REMOTE_FULL);
            world.buckets.forEach(bucket -> bucket.setCapacity(OptionalLong.empty()));
            mount.ship("four");
            mount.close();
        });
    }

    @Test
    void awaitShipped_diskFullHere_isNoSpace() throws Exception {
        Path disk = Path.of("/state");
        world.files.mount(disk, 1 << 24, false);
        world.sim.run("test", () -> {
            Mount mount = world.machine("a").format(2).claimed();
            mount.ship("one");
            mount.create("two");
            LocalFiles.Space space = world.files.space(disk);
            world.files.resize(disk, space.totalBytes() - space.availableBytes());
            long last = mount.metadata.lastTransaction();
            assertFails(() -> mount.journal.awaitShipped(last, world.deadline(Duration.ofMinutes(1))), Reason.NO_SPACE);
            world.files.resize(disk, 1 << 24);
            mount.ship("three");
            mount.close();
        });
    }

    @Test
    void ship_idleMount_happensWithinTheInterval() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = world.machine("a").format(2).claimed();
            mount.create("one");
            long before = mount.metadata.lastTransaction();
            world.sleep(PoolWorld.INTERVAL.plusSeconds(2));
            assertThat(mount.journal.shippedTransaction()).isEqualTo(before);
            mount.close();
        });
    }

    @Test
    void awaitShipped_oneMemberDown_isShipped() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = world.machine("a").format(2).claimed();
            world.buckets.get(1).setDown(true);
            mount.ship("one");
            world.buckets.get(1).setDown(false);
            world.sleep(Duration.ofMinutes(2));
            assertThat(segments(1)).isEqualTo(segments(0));
            mount.close();
        });
    }

    @Test
    void awaitShipped_twoMembersDown_failsInTimeAndShipsLater() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = world.machine("a").format(2).claimed();
            world.buckets.get(1).setDown(true);
            world.buckets.get(2).setDown(true);
            assertFails(() -> mount.ship("one"), Reason.NO_QUORUM);
            world.buckets.get(1).setDown(false);
            mount.ship("two");
            assertThat(mount.names()).containsExactly("one", "two");
            mount.close();
        });
    }

    @Test
    void start_noRemoteAnswers_claimsWhenTheyDo() throws Exception {
        Machine a = world.machine("a");
        world.sim.run("test", () -> {
            a.format(2).claimed().close();
            world.buckets.forEach(bucket -> bucket.setDown(true));
            Mount mount = a.open().start();
            mount.create("offline");
            assertThat(mount.journal.awaitClaimed(world.deadline(Duration.ofSeconds(20))))
                    .isFalse();
            assertThat(mount.journal.epoch()).isZero();
            world.buckets.forEach(bucket -> bucket.setDown(false));
            mount.ship("online");
            mount.close();
        });
    }

    @Test
    void open_heldByAnotherMount_isRefusedNamingIt() throws Exception {
        world.sim.run("test", () -> {
            Mount mount = world.machine("alpha").format(2).claimed();
            mount.ship("one");
            Machine b = world.machine("beta");
            assertFails(() -> b.open().claimed(), Reason.FENCED, "alpha", "last sign of life", "--take-over");
            mount.ship("two");
            mount.close();
        });
    }

    @Test
    void open_anotherStateOfThisMachineMayHoldMore_isRefusedNamingIt() throws Exception {
        Machine a = world.machine("alpha");
        Machine b = a.withState("/state/other");
        b.isDead = host -> true;
        world.sim.run("test", () -> a.format(2).claimed().ship("one"));
        a.killed();
        world.sim.run("test", () -> {
            assertFails(() -> b.open().claimed(), Reason.FENCED, "/state/alpha", "never reached", "--take-over");
            a.open().claimed().close();
            b.lostState();
            Mount mount = b.open().claimed();
            mount.ship("two");
            mount.close();
        });
    }

    @Test
    void open_anotherStateOfThisMachineIsGone_goesOn() throws Exception {
        Machine a = world.machine("alpha");
        Machine b = a.withState("/state/other");
        b.isDead = host -> true;
        world.sim.run("test", () -> a.format(2).claimed().ship("one"));
        a.killed();
        world.sim.run("test", () -> {
            a.lostState();
            Mount mount = b.open().claimed();
            assertThat(mount.names()).containsExactly("one");
            mount.close();
        });
    }

    @Test
    void open_anotherStateOfThisMachineNeverGotTheEpoch_goesOn() throws Exception {
        Machine a = world.machine("alpha");
        Machine b = a.withState("/state/other");
        world.sim.run("test", () -> a.format(2).claimed().close());
        world.sim.run("test", () -> {
            b.open().start();
            world.sleep(Duration.ofSeconds(1));
        });
        b.killed();
        assertThat(world.buckets.get(0).names()).anyMatch(name -> name.endsWith("/epoch/2"));
        a.isDead = host -> true;
        world.sim.run("test", () -> a.open().claimed().close());
    }

    @Test
    void close_withContentLeft_doesNotRelease() throws Exception {
        Machine a = world.machine("alpha");
        world.sim.run("test", () -> {
            Mount mount = a.format(2).claimed();
            mount.ship("one");
            mount.journal.close(world.deadline(Duration.ofMinutes(2)), true);
            mount.journal.markClean();
            mount.state.close();
            assertFails(() -> world.machine("beta").open().claimed(), Reason.FENCED, "alpha", "never reached");
            a.open().claimed().close();
            world.machine("beta").open().claimed().close();
        });
    }

    @Test
    void unshippedContent_ofALoserOpenedAgain_namesWhatNobodyElseHas() throws Exception {
        Machine a = world.machine("alpha");
        world.sim.run("test", () -> {
            Mount loser = a.format(2).claimed();
            loser.write("shipped");
            loser.journal.awaitShipped(loser.metadata.lastTransaction(), world.deadline(Duration.ofMinutes(2)));
            loser.journal.noteShipped();
            world.machine("beta").open(true).claimed().ship("newer");
            long late = loser.write("late");
            assertThat(loser.journal.unshippedContent()).containsExactly(late);

            loser.close();
            assertThat(a.open().journal.unshippedContent()).containsExactly(late);
        });
    }

    @Test
    void takeOver_loser_turnsReadOnlyAndNeverAcknowledges() throws Exception {
        world.sim.run("test", () -> {
            Mount loser = world.machine("alpha").format(2).claimed();
            loser.ship("one");
            Mount winner = world.machine("beta").open(true).claimed();
            assertThat(winner.names()).containsExactly("one");

            assertFails(() -> loser.ship("late"), Reason.FENCED);
            assertFails(() -> loser.create("never"), Reason.FENCED);
            winner.ship("two");
            winner.close();

            Mount third = world.machine("gamma").open();
            assertThat(third.names()).containsExactly("one", "two");
            assertThat(third.fetched.voidSegments()).isNotEmpty();
        });
    }

    @Test
    void open_anotherWroteMeanwhile_takesItOver() throws Exception {
        Machine a = world.machine("a");
        Machine b = world.machine("b");
        world.sim.run("test", () -> {
            a.format(2).claimed().close();
            Mount there = b.open().claimed();
            there.ship("from b");
            there.close();

            Mount here = a.open().claimed();
            assertThat(here.names()).containsExactly("from b");
            here.ship("from a");
            here.close();

            Mount back = b.open().claimed();
            assertThat(back.names()).containsExactly("from a", "from b");
            back.close();
        });
    }

    @Test
    void open_historiesParted_setsAsideAndIsReadOnly() throws Exception {
        Machine a = world.machine("a");
        Machine b = world.machine("b");
        world.sim.run("test", () -> {
            a.format(2).claimed().close();
            Mount there = b.open().claimed();
            there.ship("from b");
            there.close();

            Mount here = a.open();
            here.create("only here");
            assertFails(here::claimed, Reason.READ_ONLY, "set aside");
            assertThat(world.files.list(a.directory())).anyMatch(name -> name.startsWith("set-aside-"));
            assertThatThrownBy(() -> here.create("more")).isInstanceOf(PoolException.class);
            here.journal.close();
            here.state.startOver();

            Mount again = a.open().claimed();
            assertThat(again.names()).containsExactly("from b");
            again.close();
        });
    }

    @Test
    void open_stateLost_isRebuiltFromTheRemotes() throws Exception {
        Machine a = world.machine("a");
        world.sim.run("test", () -> {
            Mount mount = a.format(2).claimed();
            mount.ship("one");
            mount.ship("two");
            mount.journal.checkpoint(world.deadline(Duration.ofMinutes(1)));
            mount.ship("three");
            mount.close();
            a.lostState();

            Mount again = a.open().claimed();
            assertThat(again.names()).containsExactly("one", "three", "two");
            assertThat(Recovery.assess(again.fetched, again.metadata).complete())
                    .isTrue();
            again.ship("four");
            again.close();
        });
    }

    @Test
    void checkpoint_thirdOne_prunesWhatIsBeforeTheOlderKept() throws Exception {
        Machine a = world.machine("a");
        world.sim.run("test", () -> {
            Mount mount = a.format(2).claimed();
            for (int i = 0; i < 4; i++) {
                mount.ship("file" + i);
                mount.journal.checkpoint(world.deadline(Duration.ofMinutes(1)));
            }
            world.sleep(Duration.ofMinutes(1));
            mount.close();
        });
        for (int i = 0; i < 3; i++) {
            assertThat(names(i, "checkpoint/")).hasSize(2);
            assertThat(names(i, "journal/")).hasSizeLessThan(3);
        }
        world.sim.run("test", () -> {
            a.lostState();
            Mount again = a.open().claimed();
            assertThat(again.names()).hasSize(4);
            again.close();
        });
    }

    @Test
    void awaitShipped_manyWaiters_shareSegments() throws Exception {
        world.sim.run("test", () -> {
            Machine a = world.machine("a");
            Mount mount = a.format(2).claimed();
            world.buckets.forEach(bucket -> bucket.faults().latency(Duration.ofMillis(50), Duration.ofMillis(60)));
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String name = "file" + i;
                tasks.add(world.sim.start("fsync", () -> mount.ship(name)));
            }
            for (Task task : tasks) {
                task.join(Long.MAX_VALUE);
            }
            assertThat(segments(0).size()).isLessThan(8);
            assertThat(a.connections.get(0).count(SimRemote.Call.PUT)).isLessThan(20);
            mount.close();
        });
    }

    private List<String> segments(int bucket) {
        return names(bucket, "journal/");
    }

    private List<String> names(int bucket, String folder) {
        return world.buckets.get(bucket).names().stream()
                .filter(name -> name.contains(folder))
                .toList();
    }
}
