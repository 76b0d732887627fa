package io.poolfs.core.stage;

import static io.poolfs.core.stage.StageWorld.BLOCK;
import static io.poolfs.core.stage.StageWorld.KIB;
import static io.poolfs.core.stage.StageWorld.SPILL;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Image;
import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.stage.Spill.Fate;
import io.poolfs.core.time.SimScheduler.Outcome;
import io.poolfs.core.upkeep.GarbageCollector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpillTest {
    private final Random random = new Random(3);
    private StageWorld world;
    private long inode;

    @BeforeEach
    void open() throws PoolException {
        world = new StageWorld(5, 2);
        world.run(() -> {
            world.start();
            inode = world.create("a");
        });
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void takeUp_stageGone_givesTheContentBack() throws PoolException {
        byte[] content = bytes(5 * BLOCK + 100);
        world.run(() -> {
            Image image = world.acquire(inode);
            world.write(image, 0, content);
            image.setTimes(5L, 7L, world.now());
            world.spill.save(image);
            world.images.release(image);
        });
        losePower();
        world.run(() -> {
            world.open();
            assertThat(world.spill.takeUp(world.images, world.deadline(10))).isEqualTo(Map.of(inode, Fate.RESTORED));
            world.stager.start();
            assertThat(world.view(inode)).isEqualTo(content);
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(content);
            assertThat(world.inode(inode).modifyNanos()).isEqualTo(7);
            assertThat(world.inode(inode).accessNanos()).isEqualTo(5);
            world.spill.tidy(world.images);
            assertThat(world.files.list(SPILL)).isEmpty();
        });
    }

    @Test
    void takeUp_partsUploadedAheadCutAndPunched_givesTheContentBack() throws PoolException {
        byte[] content = bytes(300 * KIB);
        world.run(() -> {
            world.put(inode, 0, bytes(200 * KIB));
            world.stager.commit(inode, world.deadline(10));
            Image image = world.acquire(inode);
            world.truncate(image, 50 * KIB);
            world.write(image, 0, content);
            sleep(3);
            assertThat(image.unsavedRanges().stream()
                            .mapToLong(r -> r.lengthBytes())
                            .sum())
                    .isLessThan(content.length);
            world.punch(image, 20 * BLOCK, 3 * BLOCK);
            Arrays.fill(content, 20 * BLOCK, 23 * BLOCK, (byte) 0);
            world.truncate(image, 290 * KIB);
            world.spill.save(image);
            world.images.release(image);
        });
        losePower();
        world.run(() -> {
            world.open();
            world.spill.takeUp(world.images, world.deadline(10));
            world.stager.start();
            assertThat(world.view(inode)).isEqualTo(Arrays.copyOf(content, 290 * KIB));
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.committed(inode)).isEqualTo(Arrays.copyOf(content, 290 * KIB));
        });
    }

    @Test
    void takeUp_uploadedPartsReplacedSince_stillHasThem() throws PoolException {
        byte[] content = bytes(300 * KIB);
        world.run(() -> {
            Image image = world.acquire(inode);
            world.write(image, 0, content);
            sleep(3);
            world.spill.save(image);
            world.write(image, 0, new byte[content.length]);
            sleep(3);
            GarbageCollector gc = new GarbageCollector(
                    world.scheduler,
                    world.metadata,
                    world.log,
                    () -> List.<Remote>copyOf(world.remotes),
                    world.stager.placed(),
                    world.objects,
                    Duration.ZERO,
                    world.metadata::lastTransaction,
                    world.spill::needs);
            gc.collect();
            gc.collect();
            world.images.release(image);
        });
        losePower();
        world.run(() -> {
            world.open();
            world.spill.takeUp(world.images, world.deadline(10));
            assertThat(world.view(inode)).isEqualTo(content);
        });
    }

    @Test
    void takeUp_olderStateWasBeingCommitted_laysTheNewerOneOverIt() throws PoolException {
        byte[] content = bytes(5 * BLOCK);
        world.run(() -> {
            Image image = world.acquire(inode);
            world.write(image, 0, content);
            world.remotes.forEach(remote -> remote.sim.intercept(new SimRemote.Interceptor() {
                @Override
                public void before(SimRemote.Call call, String object) throws PoolException {
                    byte[] more = bytes(BLOCK);
                    System.arraycopy(more, 0, content, BLOCK, BLOCK);
                    world.write(image, BLOCK, more);
                    world.truncate(image, 4 * BLOCK);
                    world.spill.save(image);
                }
            }));
            world.stager.commit(inode, world.deadline(10));
            assertThat(world.inode(inode).version()).isEqualTo(1);
            world.images.release(image);
            world.spill.tidy(world.images);
        });
        losePower();
        world.run(() -> {
            world.open();
            assertThat(world.spill.takeUp(world.images, world.deadline(10))).containsValue(Fate.RESTORED);
            assertThat(world.view(inode)).isEqualTo(Arrays.copyOf(content, 4 * BLOCK));
        });
    }

    @Test
    void takeUp_committedOrUnlinkedSince_isObsolete() throws PoolException {
        long[] other = new long[1];
        world.run(() -> {
            other[0] = world.create("b");
            for (long file : new long[] {inode, other[0]}) {
                world.put(file, 0, bytes(100));
                world.spill.save(world.images.peek(file));
            }
            world.stager.commit(inode, world.deadline(10));
            world.unlink(other[0], "b");
            world.metadata.alter(writer -> writer.apply(new Op.Reap(List.of(other[0]))));
        });
        losePower();
        world.run(() -> {
            world.open();
            assertThat(world.spill.takeUp(world.images, world.deadline(10)))
                    .isEqualTo(Map.of(inode, Fate.OBSOLETE, other[0], Fate.OBSOLETE));
            world.spill.tidy(world.images);
            assertThat(world.files.list(SPILL)).isEmpty();
        });
    }

    @Test
    void takeUp_stageSurvived_keepsItsNewerContent() throws PoolException {
        byte[] content = bytes(100);
        world.run(() -> {
            Image image = world.acquire(inode);
            world.write(image, 0, bytes(100));
            world.spill.save(image);
            world.write(image, 0, content);
            world.images.release(image);
        });
        world.scheduler.crash();
        world.files.crash();
        world.run(() -> {
            world.open();
            assertThat(world.spill.takeUp(world.images, world.deadline(10))).containsValue(Fate.STAGED);
            assertThat(world.view(inode)).isEqualTo(content);
        });
    }

    @Test
    void takeUp_damagedData_isLeftAlone() throws PoolException {
        world.run(() -> {
            Image image = world.acquire(inode);
            world.write(image, 0, bytes(100));
            world.spill.save(image);
            world.images.release(image);
        });
        losePower();
        world.run(() -> {
            String data = world.files.list(SPILL).stream()
                    .filter(name -> name.endsWith(".data"))
                    .findFirst()
                    .orElseThrow();
            try (LocalFile file = world.files.open(SPILL.resolve(data), LocalFiles.Mode.READ_WRITE)) {
                file.write(50, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            }
            world.open();
            assertThat(world.spill.takeUp(world.images, world.deadline(10))).containsValue(Fate.UNUSABLE);
            assertThat(world.files.list(SPILL)).hasSize(2);
        });
    }

    @Test
    void takeUp_cutOff_isBegunAnew() throws PoolException {
        byte[] content = bytes(50 * BLOCK);
        world.run(() -> {
            Image image = world.acquire(inode);
            world.write(image, 0, content);
            world.spill.save(image);
            world.images.release(image);
        });
        losePower();
        for (int steps = 20; ; steps += 40) {
            world.scheduler.stopAfter(steps);
            var outcome = world.run(() -> {
                world.open();
                world.spill.takeUp(world.images, world.deadline(10));
                assertThat(world.view(inode)).isEqualTo(content);
            });
            world.files.crash();
            if (outcome == Outcome.ENDED) {
                break;
            }
        }
    }

    @Test
    void save_unchanged_writesNothingAgain() throws PoolException {
        world.run(() -> {
            Image image = world.acquire(inode);
            world.write(image, 0, bytes(100));
            world.spill.save(image);
            var names = world.files.list(SPILL);
            int syncs = world.log.localSyncs;
            world.spill.save(image);
            assertThat(world.files.list(SPILL)).isEqualTo(names);
            assertThat(world.log.localSyncs).isEqualTo(syncs + 1);
            world.write(image, 0, bytes(100));
            world.spill.save(image);
            assertThat(world.files.list(SPILL)).hasSize(2).isNotEqualTo(names);
            world.images.release(image);
        });
    }

    @Test
    void sync_localStage_survivesThePowerLoss() throws PoolException {
        byte[] content = bytes(3 * BLOCK);
        world.run(() -> {
            world.remotes.forEach(remote -> remote.sim.bucket().setDown(true));
            DurableStage local = new SpilledStage(world.images, world.spill, world.log, world.stager);
            world.put(inode, 0, content);
            local.sync(inode);
        });
        losePower();
        world.run(() -> {
            world.open();
            world.spill.takeUp(world.images, world.deadline(10));
            assertThat(world.view(inode)).isEqualTo(content);
        });
    }

    /** The process dies, tmpfs and what only the local store knew are gone. */
    private void losePower() throws PoolException {
        world.scheduler.crash();
        world.files.losePower(world.scheduler.random());
        world.run(() -> world.forgetLocalState());
    }

    private void sleep(int seconds) throws PoolException {
        var monitor = world.scheduler.newMonitor("sleep");
        try (var hold = monitor.enter()) {
            monitor.await(() -> false, world.deadline(seconds));
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
