package io.poolfs.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles.Mode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.SimScheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimFilesTest extends LocalFilesContract {
    private static final Path ROOT = Path.of("/world/pool");
    private static final int BLOCK = 4096;

    private final SimScheduler scheduler = SimScheduler.ofSeed(1);
    private final SimFiles files = worldOf(scheduler);

    @Override
    protected LocalFiles files() {
        return files;
    }

    @Override
    protected Path root() {
        return ROOT;
    }

    @Test
    void crash_unsyncedWrites_areKept() throws Exception {
        LocalFile file = files.open(ROOT.resolve("a"), Mode.CREATE);
        file.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
        files.crash();
        assertThat(files.readAll(ROOT.resolve("a"), 10)).containsExactly(1, 2);
        fails(Reason.CLOSED, file::sizeBytes);
    }

    @Test
    void crash_deletedOpenFile_givesItsRoomBack() throws Exception {
        long before = files.space(ROOT).availableBytes();
        LocalFile file = files.open(ROOT.resolve("a"), Mode.CREATE);
        file.write(0, ByteBuffer.wrap(new byte[BLOCK]));
        files.delete(ROOT.resolve("a"));
        assertThat(files.space(ROOT).availableBytes()).isEqualTo(before - BLOCK);
        files.crash();
        assertThat(files.space(ROOT).availableBytes()).isEqualTo(before);
    }

    @Test
    void losePower_synced_isKept() throws Exception {
        for (long seed = 0; seed < 50; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            SimFiles world = worldOf(sim);
            LocalFile file = world.open(ROOT.resolve("a"), Mode.CREATE);
            file.write(0, ByteBuffer.wrap(filled(3 * BLOCK, 1)));
            file.sync();
            world.syncDirectory(ROOT);
            file.write(BLOCK, ByteBuffer.wrap(filled(BLOCK, 2)));
            world.losePower(sim.random());
            byte[] left = world.readAll(ROOT.resolve("a"), 4 * BLOCK);
            assertThat(left).hasSize(3 * BLOCK);
            assertThat(Arrays.copyOf(left, BLOCK)).containsOnly(1);
            assertThat(Arrays.copyOfRange(left, 2 * BLOCK, 3 * BLOCK)).containsOnly(1);
            assertThat(world.space(ROOT).availableBytes())
                    .isEqualTo(world.space(ROOT).totalBytes() - 3 * BLOCK);
        }
    }

    @Test
    void losePower_unsyncedWrites_areLostKeptOrTorn() throws Exception {
        Set<String> outcomes = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            SimFiles world = worldOf(sim);
            LocalFile file = world.open(ROOT.resolve("a"), Mode.CREATE);
            file.write(0, ByteBuffer.wrap(filled(2 * BLOCK, 1)));
            file.sync();
            world.syncDirectory(ROOT);
            file.write(0, ByteBuffer.wrap(filled(BLOCK, 2)));
            file.truncate(BLOCK + 1);
            world.losePower(sim.random());
            byte[] left = world.readAll(ROOT.resolve("a"), 4 * BLOCK);
            int changed = 0;
            for (int i = 0; i < BLOCK; i++) {
                changed += left[i] - 1;
            }
            assertThat(changed % 512).isZero();
            outcomes.add(left.length + (changed == 0 ? " lost" : changed == BLOCK ? " kept" : " torn"));
        }
        assertThat(outcomes).hasSize(6);
    }

    @Test
    void losePower_unsyncedDirectory_keepsAPrefixOfItsChanges() throws Exception {
        Set<List<String>> outcomes = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            SimFiles world = worldOf(sim);
            world.writeAtomically(ROOT.resolve("a"), new byte[] {1});
            world.rename(ROOT.resolve("a"), ROOT.resolve("b"));
            world.open(ROOT.resolve("c"), Mode.CREATE).close();
            world.delete(ROOT.resolve("b"));
            world.losePower(sim.random());
            outcomes.add(world.list(ROOT));
            if (world.exists(ROOT.resolve("a"))) {
                assertThat(world.readAll(ROOT.resolve("a"), 10)).containsExactly(1);
            }
        }
        assertThat(outcomes).containsExactlyInAnyOrder(List.of("a"), List.of("b"), List.of("b", "c"), List.of("c"));
    }

    @Test
    void losePower_renameBetweenDirectories_isMadeInBothOrNone() throws Exception {
        Set<List<String>> outcomes = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            SimFiles world = worldOf(sim);
            world.createPrivateDirectory(ROOT.resolve("x"));
            world.createPrivateDirectory(ROOT.resolve("y"));
            world.writeAtomically(ROOT.resolve("x/a"), new byte[] {1});
            world.open(ROOT.resolve("y/b"), Mode.CREATE).close();
            world.rename(ROOT.resolve("x/a"), ROOT.resolve("y/a"));
            world.delete(ROOT.resolve("y/b"));
            if (seed % 2 == 0) {
                world.syncDirectory(ROOT.resolve("x"));
                assertThat(seed).isEven();
            }
            world.losePower(sim.random());
            boolean inX = world.exists(ROOT.resolve("x/a"));
            assertThat(world.exists(ROOT.resolve("y/a"))).isEqualTo(!inX);
            if (seed % 2 == 0) {
                assertThat(inX).isFalse();
            }
            outcomes.add(world.list(ROOT.resolve("y")));
        }
        assertThat(outcomes).containsExactlyInAnyOrder(List.of(), List.of("b"), List.of("a", "b"), List.of("a"));
    }

    @Test
    void losePower_directoryMadeAgain_isKept() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            SimFiles world = worldOf(sim);
            world.createPrivateDirectory(ROOT.resolve("x"));
            world.deleteTree(ROOT.resolve("x"));
            world.createPrivateDirectory(ROOT.resolve("x"));
            world.writeAtomically(ROOT.resolve("x/a"), new byte[1]);
            world.losePower(sim.random());
            assertThat(world.exists(ROOT.resolve("x/a"))).isTrue();
        }
    }

    @Test
    void losePower_inMemory_losesAll() throws Exception {
        files.mount(Path.of("/dev/shm"), 1 << 20, true);
        files.createPrivateDirectory(Path.of("/dev/shm/poolfs"));
        files.writeAtomically(Path.of("/dev/shm/poolfs/a"), new byte[1]);
        files.losePower(scheduler.random());
        assertThat(files.list(Path.of("/dev/shm"))).isEmpty();
        assertThat(files.space(Path.of("/dev/shm"))).isEqualTo(new LocalFiles.Space(1 << 20, 1 << 20, true));
    }

    @Test
    void write_fullFileSystem_isNoSpaceAndKeepsWhatFitted() throws Exception {
        files.mount(Path.of("/small"), 2 * BLOCK, false);
        try (LocalFile file = files.open(Path.of("/small/a"), Mode.CREATE)) {
            ByteBuffer src = ByteBuffer.wrap(filled(3 * BLOCK, 1));
            fails(Reason.NO_SPACE, () -> file.write(0, src));
            file.write(100, ByteBuffer.wrap(filled(BLOCK, 2)));
            assertThat(file.sizeBytes()).isEqualTo(2 * BLOCK);
            file.punch(0, BLOCK);
            file.write(5 * BLOCK, ByteBuffer.wrap(filled(BLOCK, 3)));
            fails(Reason.NO_SPACE, () -> file.write(0, ByteBuffer.wrap(new byte[1])));
        }
        files.delete(Path.of("/small/a"));
        assertThat(files.space(Path.of("/small")).availableBytes()).isEqualTo(2 * BLOCK);
        files.resize(Path.of("/small/a"), 5 * BLOCK);
        assertThat(files.space(Path.of("/small")).availableBytes()).isEqualTo(5 * BLOCK);
        fails(Reason.LOCAL_IO, () -> {
            files.writeAtomically(ROOT.resolve("a"), new byte[0]);
            files.rename(ROOT.resolve("a"), Path.of("/small/a"));
        });
    }

    @Test
    void inject_failingSync_losesWhatItShouldHaveWritten() throws Exception {
        LocalFile file = files.open(ROOT.resolve("a"), Mode.CREATE);
        files.syncDirectory(ROOT);
        file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        files.inject((operation, path) -> operation == SimFiles.Operation.SYNC ? Reason.LOCAL_IO : null);
        fails(Reason.LOCAL_IO, file::sync);
        files.inject((operation, path) -> null);
        file.sync();
        assertThat(files.sizeBytes(ROOT.resolve("a"))).isEqualTo(3);
        files.losePower(scheduler.random());
        assertThat(files.sizeBytes(ROOT.resolve("a"))).isZero();
    }

    @Test
    void write_processDiesWithin_mayBeCutBetweenBlocks() throws Exception {
        Set<Long> sizes = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            SimFiles world = worldOf(sim);
            sim.stopAfter(3);
            sim.run("main", () -> {
                LocalFile file = world.open(ROOT.resolve("a"), Mode.CREATE);
                file.write(100, ByteBuffer.wrap(filled(3 * BLOCK, 1)));
                sim.yieldPoint("end");
            });
            world.crash();
            sizes.add(world.sizeBytes(ROOT.resolve("a")));
        }
        assertThat(sizes).contains((long) BLOCK, 2L * BLOCK, 3L * BLOCK, 3L * BLOCK + 100);
    }

    private static SimFiles worldOf(SimScheduler scheduler) {
        SimFiles files = new SimFiles(scheduler);
        try {
            files.createPrivateDirectory(ROOT);
        } catch (PoolException e) {
            throw new AssertionError(e);
        }
        return files;
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
