package io.poolfs.core.stage;

import static io.poolfs.core.stage.StageWorld.BLOCK;
import static io.poolfs.core.stage.StageWorld.KIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStatus.Health;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole way of content, with real metadata and images and simulated remotes and time. */
class WriteBackStagerTest {
    private final Random random = new Random(42);
    private StageWorld world;

    @BeforeEach
    void open() throws PoolException {
        world = new StageWorld(1, 3);
        world.run(() -> world.start());
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void commit_smallFile_isOnARemoteAndInTheJournal() throws PoolException {
        byte[] content = bytes(10 * KIB + 17);
        world.run(() -> {
            long inode = world.create("a");
            Image image = world.acquire(inode);
            world.write(image, 0, content);
            long transaction = world.stager.commit(inode, world.deadline(10));
            assertThat(transaction).isEqualTo(world.metadata.lastTransaction());
            assertThat(world.inode(inode).version()).isEqualTo(1);
            assertThat(world.inode(inode).modifyNanos())
                    .isEqualTo(image.content().modifyNanos());
            assertThat(world.committed(inode)).isEqualTo(content);
            assertThat(world.stager.commit(inode, world.deadline(10))).isZero();
            world.images.release(image);
            world.assertIdle();
        });
        assertThat(world.objectCount()).isEqualTo(1);
    }

    @Test
    void closed_manySmallFiles_shareFewObjectsOnAllRemotes() throws PoolException {
        List<Long> inodes = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        world.run(() -> {
            for (int i = 0; i < 200; i++) {
                long inode = world.create("f" + i);
                byte[] content = bytes(random.nextInt(2 * KIB));
                world.put(inode, 0, content);
                inodes.add(inode);
                contents.add(content);
            }
            world.stager.commitAll(world.deadline(60));
            for (int i = 0; i < inodes.size(); i++) {
                assertThat(world.committed(inodes.get(i))).isEqualTo(contents.get(i));
            }
            world.assertIdle();
        });
        long bytes = contents.stream().mapToLong(c -> c.length).sum();
        assertThat(world.objectCount()).isLessThan(bytes / (16 * KIB) + 3);
        assertThat(world.remotes).allMatch(r -> !r.sim.bucket().names().isEmpty());
    }

    @Test
    void closed_withoutCommit_isCommittedAfterTheWindow() throws PoolException {
        world.run(() -> {
            long inode = world.create("a");
            world.put(inode, 0, bytes(100));
            sleep(5);
            assertThat(world.inode(inode).version()).isEqualTo(1);
        });
    }

    @Test
    void modified_neverClosed_isCommittedByAge() throws PoolException {
        world.run(() -> {
            long inode = world.create("a");
            Image image = world.acquire(inode);
            world.write(image, 0, bytes(100));
            sleep(25);
            assertThat(world.inode(inode).version()).isZero();
            sleep(10);
            assertThat(world.inode(inode).version()).isEqualTo(1);
        });
    }

    @Test
    void modified_truncatedByAnOpenHandle_isNotCommittedByAge() throws PoolException {
        world.run(() -> {
            long inode = world.create("a");
            world.put(inode, 0, bytes(100));
            world.stager.commit(inode, world.deadline(10));
            Image image = world.acquire(inode);
            image.truncate(0, world.now(), true);
            world.stager.modified(image);
            sleep(100);
            assertThat(world.inode(inode).sizeBytes()).isEqualTo(100);
            image.truncatorClosed();
            world.stager.closed(inode);
            sleep(5);
            assertThat(world.inode(inode).sizeBytes()).isZero();
        });
    }

    @Test
    void closed_thenTruncatedByAnOpenHandle_keepsWhatIsCommitted() throws PoolException {
        world.run(() -> {
            long inode = world.create("a");
            world.put(inode, 0, bytes(100));
            world.stager.commit(inode, world.deadline(10));
            world.put(inode, 0, bytes(50));
            Image image = world.acquire(inode);
            image.truncate(0, world.now(), true);
            world.stager.modified(image);
            world.write(image, 0, bytes(7));
            world.stager.closed(inode); // a second descriptor of the same handle
            world.stager.commitAll(world.deadline(10));
            sleep(5);
            assertThat(world.inode(inode).sizeBytes()).isEqualTo(100);
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.inode(inode).sizeBytes()).isEqualTo(7);
            world.write(image, 7, bytes(7));
            image.truncatorClosed();
            world.stager.closed(inode);
            sleep(5);
            assertThat(world.inode(inode).sizeBytes()).isEqualTo(14);
            world.images.release(image);
            world.assertIdle();
        });
    }

    @Test
    void closedEmpty_newFile_isCommittedWithoutARemote() throws PoolException {
        world.run(() -> {
            world.remotes.forEach(r -> r.health = Health.DOWN);
            long inode = world.create("a");
            world.stager.closedEmpty(inode);
            sleep(5);
            assertThat(world.inode(inode).version()).isEqualTo(1);
            long other = world.create("b");
            assertThat(world.stager.commit(other, world.deadline(1))).isPositive();
        });
    }

    @Test
    void write_fileManyTimesTheBudget_passesThrough() throws PoolException {
        int size = 20 * 512 * KIB;
        byte[] content = bytes(size);
        restart(512 * KIB);
        world.run(() -> {
            long inode = world.create("big");
            Image image = world.acquire(inode);
            for (int at = 0; at < size; at += 16 * KIB) {
                world.write(image, at, Arrays.copyOfRange(content, at, at + 16 * KIB));
            }
            world.images.release(image);
            world.stager.commit(inode, world.deadline(60));
            assertThat(world.committed(inode)).isEqualTo(content);
            assertThat(world.view(inode)).isEqualTo(content);
            world.assertIdle();
        });
        List<Long> used =
                world.remotes.stream().map(r -> r.sim.bucket().usedBytes()).toList();
        long most = used.stream().max(Long::compare).orElseThrow();
        long least = used.stream().min(Long::compare).orElseThrow();
        assertThat(most - least).isLessThanOrEqualTo(64 * KIB);
    }

    @Test
    void write_scatteredBlocksBeyondTheBudget_passesThrough() throws PoolException {
        int blocks = 512;
        byte[] content = new byte[blocks * BLOCK];
        restart(512 * KIB);
        world.run(() -> {
            long inode = world.create("scattered");
            Image image = world.acquire(inode);
            for (int i = 0; i < blocks; i++) {
                int block = (i * 7) % blocks;
                byte[] some = bytes(BLOCK);
                System.arraycopy(some, 0, content, block * BLOCK, BLOCK);
                world.write(image, (long) block * BLOCK, some);
            }
            world.images.release(image);
            world.stager.commit(inode, world.deadline(60));
            assertThat(world.committed(inode)).isEqualTo(content);
            world.assertIdle();
        });
    }

    @Test
    void write_manyOpenFilesBeyondTheBudget_passesThrough() throws PoolException {
        restart(512 * KIB);
        world.run(() -> {
            List<Image> images = new ArrayList<>();
            List<byte[]> contents = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Image image = world.acquire(world.create("open" + i));
                byte[] content = bytes(40 * KIB);
                world.write(image, 0, content);
                images.add(image);
                contents.add(content);
            }
            for (int i = 0; i < images.size(); i++) {
                world.images.release(images.get(i));
                world.stager.closed(images.get(i).inode());
            }
            world.stager.commitAll(world.deadline(60));
            for (int i = 0; i < images.size(); i++) {
                assertThat(world.committed(images.get(i).inode())).isEqualTo(contents.get(i));
            }
        });
    }

    @Test
    void write_duringUpload_commitsTheSealedStateAndThenTheNewOne() throws PoolException {
        byte[] first = bytes(20 * KIB);
        byte[] second = bytes(BLOCK);
        byte[] both = first.clone();
        System.arraycopy(second, 0, both, BLOCK, BLOCK);
        world.run(() -> {
            long inode = world.create("a");
            Image image = world.acquire(inode);
            world.write(image, 0, first);
            duringFirstUpload(() -> world.write(image, BLOCK, second));
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(first);
            assertThat(world.view(inode)).isEqualTo(both);
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(both);
            world.images.release(image);
            world.assertIdle();
        });
    }

    @Test
    void truncate_duringUpload_commitsTheSealedStateAndThenTheNewOne() throws PoolException {
        byte[] first = bytes(20 * KIB);
        byte[] after = Arrays.copyOf(Arrays.copyOf(first, 5000), 12 * KIB);
        world.run(() -> {
            long inode = world.create("a");
            Image image = world.acquire(inode);
            world.write(image, 0, first);
            duringFirstUpload(() -> {
                world.truncate(image, 5000);
                world.truncate(image, 12 * KIB);
            });
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(first);
            assertThat(world.view(inode)).isEqualTo(after);
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(after);
            world.images.release(image);
            world.assertIdle();
        });
    }

    @Test
    void punch_duringUpload_commitsTheSealedStateAndThenTheHole() throws PoolException {
        byte[] first = bytes(5 * BLOCK);
        byte[] after = first.clone();
        Arrays.fill(after, BLOCK, 3 * BLOCK, (byte) 0);
        world.run(() -> {
            long inode = world.create("a");
            Image image = world.acquire(inode);
            world.write(image, 0, first);
            duringFirstUpload(() -> world.punch(image, BLOCK, 2 * BLOCK));
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(first);
            assertThat(world.view(inode)).isEqualTo(after);
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(after);
            world.images.release(image);
            world.assertIdle();
        });
    }

    @Test
    void unlink_duringUpload_leavesAnUploadThatNothingUses() throws PoolException {
        world.run(() -> {
            long inode = world.create("a");
            world.put(inode, 0, bytes(20 * KIB));
            duringFirstUpload(() -> world.unlink(inode, "a"));
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.inode(inode).version()).isZero();
            sleep(1);
            world.assertIdle();
            List<Long> pending = new ArrayList<>();
            world.metadata.look(reader -> reader.pendingChunks(chunk -> {
                assertThat(world.stager.placed().isHeld(chunk.id())).isFalse();
                return pending.add(chunk.sizeBytes());
            }));
            assertThat(pending).hasSize(1);
        });
    }

    @Test
    void unlink_ofOneFileOfAPack_commitsTheOthers() throws PoolException {
        world.run(() -> {
            long gone = world.create("gone");
            long stays = world.create("stays");
            byte[] content = bytes(5000);
            world.put(gone, 0, bytes(5000));
            world.put(stays, 0, content);
            duringFirstUpload(() -> world.unlink(gone, "gone"));
            world.stager.commit(stays, world.deadline(10));
            assertThat(world.committed(stays)).isEqualTo(content);
            sleep(1);
            world.assertIdle();
        });
    }

    @Test
    void upload_remoteFailsOrIsFull_goesToTheNext() throws PoolException {
        byte[] content = bytes(300 * KIB);
        world.run(() -> {
            world.remotes.get(0).sim.bucket().setDown(true);
            world.remotes.get(1).sim.bucket().setCapacity(OptionalLong.of(1000));
            long inode = world.create("a");
            world.put(inode, 0, content);
            world.stager.commit(inode, world.deadline(60));
            assertThat(world.committed(inode)).isEqualTo(content);
            world.assertIdle();
        });
    }

    @Test
    void upload_lostAcknowledgement_isFoundByItsRecord() throws PoolException {
        world.run(() -> {
            SimRemote first = world.remotes.get(0).sim;
            first.intercept(new SimRemote.Interceptor() {
                @Override
                public void after(SimRemote.Call call, String object) throws PoolException {
                    throw new PoolException(Reason.TIMEOUT, "no answer");
                }
            });
            for (int i = 0; i < 6; i++) {
                long inode = world.create("f" + i);
                world.put(inode, 0, bytes(30 * KIB));
                world.stager.commit(inode, world.deadline(60));
            }
            List<String> recorded = new ArrayList<>();
            world.metadata.look(
                    reader -> reader.pendingChunks(chunk -> recorded.add(world.objects.nameOf(chunk.id()))));
            assertThat(first.bucket().names()).isNotEmpty();
            assertThat(recorded)
                    .containsExactlyInAnyOrderElementsOf(first.bucket().names());
        });
    }

    @Test
    void commit_allRemotesDown_tellsWhyAndGoesOnLater() throws PoolException {
        byte[] content = bytes(100 * KIB);
        world.run(() -> {
            world.remotes.forEach(r -> r.sim.bucket().setDown(true));
            long inode = world.create("a");
            world.put(inode, 0, content);
            long before = world.scheduler.clock().monotonicNanos();
            assertThatThrownBy(() -> world.stager.commit(inode, world.deadline(20)))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REMOTE_UNAVAILABLE))
                    .hasMessageContaining("stays staged");
            assertThat(world.scheduler.clock().monotonicNanos() - before).isBetween(19_000_000_000L, 22_000_000_000L);
            assertThat(world.view(inode)).isEqualTo(content);
            Image image = world.acquire(inode);
            world.write(image, 0, new byte[] {1, 2, 3});
            world.images.release(image);
            world.remotes.forEach(r -> r.sim.bucket().setDown(false));
            world.stager.commit(inode, world.deadline(60));
            assertThat(world.committed(inode)).isEqualTo(world.view(inode)).startsWith(1, 2, 3);
        });
    }

    @Test
    void upload_onlySmallCornersLeft_cutsSmaller() throws PoolException {
        int size = 5 << 20;
        byte[] content = bytes(size);
        StageSettings s = world.settings;
        restart(
                32 << 20,
                new StageSettings(
                        s.chunkDirectory(),
                        "data",
                        4 << 20,
                        4 << 20,
                        s.stageAge(),
                        s.packWindow(),
                        s.retryFirst(),
                        s.retryLast(),
                        s.placement()));
        world.run(() -> {
            for (FakeRemote remote : world.remotes) {
                remote.sim.bucket().setCapacity(OptionalLong.of(2 << 20));
            }
            world.remotes.forEach(r -> r.freeBytes = OptionalLong.of(2 << 20));
            long inode = world.create("a");
            world.put(inode, 0, content);
            Task room = world.scheduler.start("room", () -> {
                while (world.inode(inode).version() == 0) {
                    world.remotes.forEach(r -> r.freeBytes =
                            OptionalLong.of((2 << 20) - r.sim.bucket().usedBytes()));
                    sleep(1);
                }
            });
            world.stager.commit(inode, world.deadline(300));
            assertThat(world.committed(inode)).isEqualTo(content);
            room.join(Long.MAX_VALUE);
        });
    }

    @Test
    void commit_fenced_saysSoAtOnce() throws PoolException {
        world.run(() -> {
            long inode = world.create("a");
            world.put(inode, 0, bytes(100));
            world.log.fenced = new PoolException(Reason.FENCED, "another mount");
            assertThatThrownBy(() -> world.stager.commit(inode, world.deadline(100)))
                    .hasMessage("another mount");
        });
    }

    @Test
    void commit_noEpochYet_waitsForIt() throws PoolException {
        world.run(() -> {
            world.log.epoch = 0;
            long inode = world.create("a");
            world.put(inode, 0, bytes(100));
            sleep(10);
            assertThat(world.objectCount()).isZero();
            world.log.epoch = 7;
            world.stager.commit(inode, world.deadline(60));
            assertThat(world.inode(inode).version()).isEqualTo(1);
        });
    }

    @Test
    void commit_manyAtOnce_shareAPack() throws PoolException {
        world.run(() -> {
            List<Task> syncs = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                long inode = world.create("f" + i);
                Image image = world.acquire(inode);
                world.write(image, 0, bytes(100));
                syncs.add(world.scheduler.start("fsync", () -> world.stager.commit(inode, world.deadline(10))));
            }
            for (Task sync : syncs) {
                sync.join(Long.MAX_VALUE);
            }
        });
        assertThat(world.objectCount()).isLessThanOrEqualTo(4);
    }

    @Test
    void close_remotesDown_endsAndLosesNothing() throws PoolException {
        byte[] content = bytes(100 * KIB);
        world.run(() -> {
            world.remotes.forEach(r -> r.sim.bucket().setDown(true));
            long inode = world.create("a");
            world.put(inode, 0, content);
            sleep(10);
            long before = world.scheduler.clock().monotonicNanos();
            world.stager.close();
            assertThat(world.scheduler.clock().monotonicNanos() - before).isLessThan(6_000_000_000L);
            assertThat(world.view(inode)).isEqualTo(content);
            assertThatThrownBy(() -> world.stager.commit(inode, world.deadline(10)))
                    .isInstanceOf(PoolException.class);
        });
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void sleep(int seconds) throws PoolException {
        var monitor = world.scheduler.newMonitor("sleep");
        try (var hold = monitor.enter()) {
            monitor.await(() -> false, world.deadline(seconds));
        }
    }

    /** Runs the action while the first upload is on its way to whatever remote. */
    private void duringFirstUpload(Action action) {
        boolean[] done = new boolean[1];
        for (FakeRemote remote : world.remotes) {
            remote.sim.intercept(new SimRemote.Interceptor() {
                @Override
                public void before(SimRemote.Call call, String object) throws PoolException {
                    if (call == SimRemote.Call.PUT && !done[0]) {
                        done[0] = true;
                        action.run();
                    }
                }
            });
        }
    }

    private void restart(long budgetBytes) throws PoolException {
        restart(budgetBytes, world.settings);
    }

    private void restart(long budgetBytes, StageSettings settings) throws PoolException {
        world.close();
        world = new StageWorld(1, 3);
        world.budgetBytes = budgetBytes;
        world.settings = settings;
        world.run(() -> world.start());
    }
}
