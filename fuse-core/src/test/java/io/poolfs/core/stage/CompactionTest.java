package io.poolfs.core.stage;

import static io.poolfs.core.stage.StageWorld.KIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.upkeep.Compactor;
import io.poolfs.core.upkeep.GarbageCollector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Half-dead packs, over real metadata and the real way of uploads. */
class CompactionTest {
    private static final int FILES = 24;

    private final Random random = new Random(9);
    private final List<Long> inodes = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    private StageWorld world;
    private Compactor compactor;

    @BeforeEach
    void open() throws PoolException {
        world = new StageWorld(1, 2);
        world.run(() -> {
            world.start();
            compactor = new Compactor(
                    world.metadata,
                    () -> List.<Remote>copyOf(world.remotes),
                    world.stager.placed(),
                    world.stager.rewriter(),
                    world.objects,
                    64 * KIB);
            for (int i = 0; i < FILES; i++) {
                long inode = world.create("f" + i);
                byte[] content = bytes(5 * KIB);
                world.put(inode, 0, content);
                inodes.add(inode);
                contents.add(content);
            }
            world.stager.commitAll(world.deadline(60));
        });
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void compact_packsMostlyGarbage_movesTheRestAndEmptiesThem() throws PoolException {
        world.run(() -> {
            long before = world.objectCount();
            killMost();
            assertThat(compactor.compact(() -> false).emptiedChunks()).isPositive();
            checkContents();
            collectGarbage();
            checkContents();
            assertThat(world.objectCount()).isLessThan(before);
            assertThat(compactor.compact(() -> false).emptiedChunks()).isZero();
        });
    }

    @Test
    void compact_filesChangeMeanwhile_keepsTheirNewContent() throws PoolException {
        world.run(() -> {
            killMost();
            boolean[] done = new boolean[1];
            world.remotes.forEach(remote -> remote.sim.intercept(new SimRemote.Interceptor() {
                @Override
                public void before(SimRemote.Call call, String object) throws PoolException {
                    if (call == SimRemote.Call.PUT && !done[0]) {
                        done[0] = true;
                        replace(0, bytes(100));
                        world.stager.commit(inodes.get(0), world.deadline(60));
                        var image = world.acquire(inodes.get(8));
                        world.truncate(image, 1000);
                        world.images.release(image);
                        contents.set(8, Arrays.copyOf(contents.get(8), 1000));
                        world.stager.commit(inodes.get(8), world.deadline(60));
                    }
                }
            }));
            assertThat(compactor.compact(() -> false).emptiedChunks()).isPositive();
            assertThat(done[0]).isTrue();
            checkContents();
            collectGarbage();
            checkContents();
        });
    }

    @Test
    void compact_damagedPack_isLeftAlone() throws PoolException {
        world.run(() -> {
            killMost();
            for (FakeRemote remote : world.remotes) {
                for (String name : remote.sim.bucket().names()) {
                    remote.sim.bucket().flip(name, 0);
                }
            }
            assertThat(compactor.compact(() -> false).emptiedChunks()).isZero();
        });
    }

    /** Of eight files only one keeps its bytes in the pack. */
    private void killMost() throws PoolException {
        for (int i = 0; i < FILES; i++) {
            if (i % 8 != 0) {
                replace(i, bytes(1));
            }
        }
        world.stager.commitAll(world.deadline(60));
    }

    private void replace(int file, byte[] content) throws PoolException {
        var image = world.acquire(inodes.get(file));
        world.truncate(image, 0);
        world.write(image, 0, content);
        world.images.release(image);
        contents.set(file, content);
        world.stager.closed(inodes.get(file));
    }

    private void checkContents() throws PoolException {
        for (int i = 0; i < FILES; i++) {
            assertThat(world.committed(inodes.get(i))).isEqualTo(contents.get(i));
            assertThat(world.view(inodes.get(i))).isEqualTo(contents.get(i));
        }
    }

    private void collectGarbage() throws PoolException {
        GarbageCollector gc = new GarbageCollector(
                world.scheduler,
                world.metadata,
                world.log,
                () -> List.<Remote>copyOf(world.remotes),
                world.stager.placed(),
                world.objects,
                Duration.ZERO,
                world.metadata::lastTransaction,
                chunk -> false);
        gc.collect();
        gc.collect();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
