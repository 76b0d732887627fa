package io.poolfs.core.stage;

import static io.poolfs.core.stage.StageWorld.BLOCK;
import static io.poolfs.core.stage.StageWorld.KIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.SimFault;
import io.poolfs.core.time.SimScheduler.Outcome;
import io.poolfs.core.upkeep.ChunkAudit;
import io.poolfs.core.upkeep.Compactor;
import io.poolfs.core.upkeep.GarbageCollector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seeded life stories: random changes to a few files while the stager works and remotes fail, the process killed at any
 * step and begun anew. A user never misses an acknowledged byte, the journal never holds a mix of two states, and in the
 * end the remotes hold exactly what is used.
 */
class StageModelTest {
    private static final int FILES = 4;
    private static final int MOST_BYTES = 200 * KIB;

    /** A file as the model knows it. */
    private static final class ModelFile {
        final String name;
        final long inode;
        byte[] content = new byte[0];

        /** The state that an operation under way leads to; null when there is none. */
        byte[] next;

        /** All states between operations, that a commit may have sealed. */
        final List<byte[]> states = new ArrayList<>(List.of(content));

        /** From this state on, a power loss leaves one of them. */
        int durableState;

        ModelFile(String name, long inode) {
            this.name = name;
            this.inode = inode;
        }

        void done() {
            content = next;
            next = null;
            states.add(content);
        }
    }

    private Random random;
    private StageWorld world;
    private final Map<Integer, ModelFile> files = new HashMap<>();
    private int created;
    private boolean powerFailed;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void story_withFailingRemotes_keepsEveryByte(long seed) throws PoolException {
        begin(seed);
        try (StageWorld w = world) {
            w.run(() -> {
                w.start();
                operate(150);
                settle();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void story_killedAgainAndAgain_keepsEveryByte(long seed) throws PoolException {
        begin(1000 + seed);
        try (StageWorld w = world) {
            for (int life = 0; life < 6; life++) {
                w.scheduler.stopAfter(200 + random.nextInt(6000));
                Outcome outcome = w.run(() -> {
                    w.start();
                    checkViews();
                    operate(1000);
                });
                assertThat(outcome).isEqualTo(Outcome.CRASHED);
                w.files.crash();
            }
            w.run(() -> {
                w.start();
                checkViews();
                operate(20);
                settle();
            });
        }
    }

    /** fsync: local at times; the power fails: what was saved, or committed later, is there, and never a mix. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void story_powerFails_keepsWhatWasSaved(long seed) throws PoolException {
        begin(2000 + seed);
        powerFailed = true;
        try (StageWorld w = world) {
            for (int life = 0; life < 4; life++) {
                w.scheduler.stopAfter(200 + random.nextInt(4000));
                w.run(() -> {
                    w.open();
                    w.spill.takeUp(w.images, w.deadline(60));
                    w.stager.start();
                    checkSurvivors();
                    operate(1000);
                });
                w.files.losePower(w.scheduler.random());
                w.run(w::forgetLocalState);
            }
            w.run(() -> {
                w.open();
                w.spill.takeUp(w.images, w.deadline(60));
                w.stager.start();
                checkSurvivors();
                settle();
                w.spill.tidy(world.images);
                // Nobody reaps here: what is unlinked may still get its name back.
                for (String name : w.files.list(StageWorld.SPILL)) {
                    long inode = Long.parseLong(name.substring(0, name.indexOf('.')));
                    Inode left = w.metadata.read(reader -> reader.inode(inode));
                    assertThat(left == null ? -1 : left.links()).as(name).isZero();
                }
            });
        }
    }

    private void begin(long seed) throws PoolException {
        random = new Random(seed);
        world = new StageWorld(seed, 3);
        world.budgetBytes = random.nextBoolean() ? 512 * KIB : 2048 * KIB;
        world.remotes.forEach(remote -> remote.sim
                .faults()
                .set(SimFault.ERROR_BEFORE, 0.1)
                .set(SimFault.ERROR_AFTER, 0.05)
                .set(SimFault.HANG, 0.02)
                .set(SimFault.TORN_UPLOAD, 0.03)
                .set(SimFault.THROTTLED, 0.05)
                .set(SimFault.SLOW, 0.1)
                .slowLatency(Duration.ofSeconds(20)));
    }

    private void operate(int operations) throws PoolException {
        for (int i = 0; i < operations; i++) {
            ModelFile file = files.get(random.nextInt(FILES));
            if (file == null) {
                create();
                continue;
            }
            switch (random.nextInt(15)) {
                case 0 -> truncate(file, random.nextInt(MOST_BYTES));
                case 1 -> truncate(file, random.nextInt(file.content.length + 1));
                case 2 -> punch(file);
                case 3 -> world.stager.closed(file.inode);
                case 4 -> commit(file);
                case 5 -> pause(Duration.ofMillis(random.nextInt(3000)));
                case 6 -> unlink(file);
                case 7 -> {
                    checkView(file);
                    checkCommitted(file);
                }
                case 8 -> append(file);
                case 9 -> save(file);
                default -> write(file, random.nextInt(Math.min(MOST_BYTES - 1, file.content.length + 20 * KIB)));
            }
        }
    }

    private void create() throws PoolException {
        String name = "f" + created++;
        int slot = 0;
        while (files.containsKey(slot)) {
            slot++;
        }
        files.put(slot, new ModelFile(name, world.create(name)));
    }

    private void write(ModelFile file, int offset) throws PoolException {
        byte[] bytes = new byte[1 + random.nextInt(Math.min(40 * KIB, MOST_BYTES - offset))];
        random.nextBytes(bytes);
        file.next = Arrays.copyOf(file.content, Math.max(file.content.length, offset + bytes.length));
        System.arraycopy(bytes, 0, file.next, offset, bytes.length);
        with(file, image -> world.write(image, offset, bytes));
    }

    /** A long sequential write, so that parts are uploaded ahead. */
    private void append(ModelFile file) throws PoolException {
        while (file.content.length < MOST_BYTES - 41 * KIB) {
            write(file, file.content.length);
        }
    }

    private void truncate(ModelFile file, int size) throws PoolException {
        file.next = Arrays.copyOf(file.content, size);
        with(file, image -> world.truncate(image, size));
    }

    private void punch(ModelFile file) throws PoolException {
        int blocks = file.content.length / BLOCK;
        if (blocks == 0) {
            return;
        }
        int first = random.nextInt(blocks);
        int count = 1 + random.nextInt(blocks - first);
        file.next = file.content.clone();
        Arrays.fill(file.next, first * BLOCK, (first + count) * BLOCK, (byte) 0);
        with(file, image -> world.punch(image, (long) first * BLOCK, (long) count * BLOCK));
    }

    private interface Change {
        void on(Image image) throws PoolException;
    }

    private void with(ModelFile file, Change change) throws PoolException {
        Image image = world.acquire(file.inode);
        try {
            change.on(image);
        } finally {
            world.images.release(image);
        }
        file.done();
    }

    private void commit(ModelFile file) throws PoolException {
        try {
            world.stager.commit(file.inode, world.deadline(5 + random.nextInt(100)));
            assertSame(file, world.committed(file.inode), List.of(file.content));
        } catch (PoolException e) {
            assertThat(e.reason())
                    .isIn(
                            Reason.TIMEOUT,
                            Reason.REMOTE_UNAVAILABLE,
                            Reason.REMOTE_THROTTLED,
                            Reason.STALE,
                            Reason.NO_SPACE);
        }
    }

    private void save(ModelFile file) throws PoolException {
        Image image = world.images.peek(file.inode);
        if (image != null && image.content().modified()) {
            world.spill.save(image);
            file.durableState = file.states.size() - 1;
        }
        world.spill.tidy(world.images);
    }

    private void checkSurvivors() throws PoolException {
        for (ModelFile file : files.values()) {
            if (file.next != null) {
                file.done();
            }
            byte[] view = world.view(file.inode);
            assertSame(file, view, file.states.subList(file.durableState, file.states.size()));
            file.next = view;
            file.done();
            file.durableState = file.states.size() - 1;
        }
    }

    private void unlink(ModelFile file) throws PoolException {
        files.values().remove(file);
        world.unlink(file.inode, file.name);
    }

    /** After a death: an operation under way may have happened, byte by byte; everything before it has. */
    private void checkViews() throws PoolException {
        for (ModelFile file : files.values()) {
            byte[] view = world.view(file.inode);
            byte[] next = file.next == null ? file.content : file.next;
            assertThat(view.length).as(file.name).isIn(file.content.length, next.length);
            for (int at = 0; at < view.length; at++) {
                byte before = at < file.content.length ? file.content[at] : 0;
                byte after = at < next.length ? next[at] : 0;
                if (view[at] != before && view[at] != after) {
                    throw new AssertionError(file.name + " byte " + at + " of " + view.length + " is " + view[at]
                            + ", not " + before + " or " + after);
                }
            }
            file.next = view;
            file.done();
            checkCommitted(file);
        }
    }

    private void checkView(ModelFile file) throws PoolException {
        assertSame(file, world.view(file.inode), List.of(file.content));
    }

    private void checkCommitted(ModelFile file) throws PoolException {
        assertSame(file, world.committed(file.inode), file.states);
    }

    private static void assertSame(ModelFile file, byte[] found, List<byte[]> states) {
        if (states.stream().noneMatch(state -> Arrays.equals(state, found))) {
            byte[] last = states.get(states.size() - 1);
            int differs = Arrays.mismatch(last, found);
            throw new AssertionError(file.name + ": " + found.length + " bytes are none of " + states.size()
                    + " states; they differ from the last, of " + last.length + " bytes, at " + differs);
        }
    }

    private void settle() throws PoolException {
        world.remotes.forEach(remote -> remote.sim.faults().calm());
        world.stager.commitAll(world.deadline(300));
        for (ModelFile file : files.values()) {
            world.stager.commit(file.inode, world.deadline(300));
            assertSame(file, world.committed(file.inode), List.of(file.content));
            assertSame(file, world.view(file.inode), List.of(file.content));
        }
        pause(Duration.ofSeconds(40));
        world.assertIdle();
        world.spill.tidy(world.images);
        GarbageCollector gc = new GarbageCollector(
                world.scheduler,
                world.metadata,
                world.log,
                () -> List.<Remote>copyOf(world.remotes),
                world.stager.placed(),
                new ChunkObjects("data"),
                Duration.ZERO,
                world.metadata::lastTransaction,
                world.spill::needs);
        Compactor compactor = new Compactor(
                world.metadata,
                () -> List.<Remote>copyOf(world.remotes),
                world.stager.placed(),
                world.stager.rewriter(),
                world.objects,
                64 * KIB);
        while (compactor.compact(() -> false).emptiedChunks() > 0) {
            checkContents();
        }
        for (int i = 0; i < 3; i++) {
            gc.collect();
        }
        if (powerFailed) {
            deleteUnknown();
        }
        Set<String> used = new TreeSet<>();
        world.metadata.look(reader -> reader.chunks(use -> {
            assertThat(use.references()).isPositive();
            return used.add(use.chunk().remote() + " "
                    + world.objects.nameOf(use.chunk().id()));
        }));
        Set<String> there = new HashSet<>();
        for (FakeRemote remote : world.remotes) {
            remote.sim.bucket().names().stream()
                    // What was saved of an unlinked file stays until it is reaped, which nobody does here.
                    .filter(name -> !world.spill.needs(chunkOf(name)))
                    .forEach(name -> there.add(remote.id() + " " + name));
        }
        used.removeIf(name -> world.spill.needs(chunkOf(name)));
        assertThat(there).isEqualTo(used);
        checkContents();
    }

    private static ChunkId chunkOf(String object) {
        try {
            return ChunkId.parse(object.substring(object.lastIndexOf('/') + 1));
        } catch (PoolException e) {
            throw new AssertionError(e);
        }
    }

    private void checkContents() throws PoolException {
        for (ModelFile file : files.values()) {
            assertSame(file, world.committed(file.inode), List.of(file.content));
        }
    }

    /** The records of uploads that came to nothing went with the power. */
    private void deleteUnknown() throws PoolException {
        ChunkAudit audit = new ChunkAudit(
                world.scheduler,
                world.metadata,
                world.log,
                world.stager.placed(),
                world.objects,
                Duration.ZERO,
                () -> 0,
                world.spill::needs);
        for (FakeRemote remote : world.remotes) {
            ChunkAudit.Findings findings = audit.audit(remote);
            assertThat(findings.missing()).isEmpty();
            assertThat(findings.wrongSize()).isEmpty();
            assertThat(findings.foreign()).isEmpty();
            assertThat(audit.deleteUnknown(remote, findings.unknown())).isEqualTo(findings.unknown());
        }
    }

    private void pause(Duration duration) throws PoolException {
        var monitor = world.scheduler.newMonitor("pause");
        try (var hold = monitor.enter()) {
            monitor.await(() -> false, world.scheduler.deadlineAfter(duration));
        }
    }
}
