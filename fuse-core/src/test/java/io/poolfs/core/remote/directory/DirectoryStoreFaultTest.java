package io.poolfs.core.remote.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.SimFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.SimScheduler;
import io.poolfs.core.time.Task;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A directory as a remote whose disk fails, hangs, is unplugged or loses its power, in a simulated world. */
@Timeout(120)
class DirectoryStoreFaultTest {
    private static final Path DISK = Path.of("/mnt/disk");
    private static final Path SOURCES = Path.of("/sources");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int OBJECT_BYTES = 5 * 4096 + 17;
    private static final long CAPACITY = 1L << 30;

    @Test
    void put_powerLossAtAnyStep_isThereAsAWholeOrNotAtAll() throws Exception {
        Set<String> outcomes = new HashSet<>();
        for (long seed = 0; seed < 300; seed++) {
            String name = "seed " + seed;
            World world = new World(seed);
            AtomicBoolean acknowledged = new AtomicBoolean();
            world.scheduler.stopAfter(seed % 75);
            world.run(store -> {
                store.put("data/ab/object", world.source("object", OBJECT_BYTES), OBJECT_BYTES);
                acknowledged.set(true);
            });
            world.files.losePower(world.scheduler.random());
            world.scheduler.stopAfter(Long.MAX_VALUE);
            world.run(store -> {
                OptionalLong size = store.size("data/ab/object");
                outcomes.add((size.isPresent() ? "there" : "absent") + (acknowledged.get() ? ", acknowledged" : ""));
                if (acknowledged.get()) {
                    assertThat(size).as(name).hasValue(OBJECT_BYTES);
                }
                if (size.isPresent()) {
                    assertThat(world.get(store, "data/ab/object", OBJECT_BYTES))
                            .as(name)
                            .isEqualTo(bytes("object", OBJECT_BYTES));
                }
                store.put("data/ab/object", world.source("object", OBJECT_BYTES), OBJECT_BYTES);
                assertThat(world.get(store, "data/ab/object", OBJECT_BYTES)).isEqualTo(bytes("object", OBJECT_BYTES));
            });
            world.scheduler.close();
        }
        assertThat(outcomes).contains("absent", "there", "there, acknowledged").doesNotContain("absent, acknowledged");
    }

    @Test
    void calls_diskHangs_endInTimeAndHoldNothingElse() throws Exception {
        World world = new World(3);
        world.run(store -> {
            store.put("data/object", world.source("object", OBJECT_BYTES), OBJECT_BYTES);
            world.hangs.set(true);
            long begun = world.now();
            List<Task> tasks = new ArrayList<>();
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> store.size("data/object"),
                    () -> store.list("data"),
                    () -> world.get(store, "data/object", 10),
                    () -> store.put("data/other", world.source("other", 10), 10),
                    () -> store.delete("data/object"),
                    store::about,
                    store::bind)) {
                tasks.add(world.scheduler.start("call", () -> fails(Reason.TIMEOUT, call)));
            }
            for (Task task : tasks) {
                task.join(Long.MAX_VALUE);
            }
            assertThat(Duration.ofNanos(world.now() - begun)).isBetween(TIMEOUT, TIMEOUT.plusSeconds(5));
            world.wake();
            assertThat(store.until(world.now() + TIMEOUT.toNanos()).list("data"))
                    .extracting(RemoteStore.Entry::name)
                    .doesNotContain("other");
        });
        world.scheduler.close();
    }

    @Test
    void calls_diskHangsForLong_useABoundedNumberOfThreads() throws Exception {
        World world = new World(4);
        world.run(store -> {
            world.hangs.set(true);
            for (int i = 0; i < 40; i++) {
                long deadline = world.now() + Duration.ofSeconds(1).toNanos();
                fails(Reason.TIMEOUT, () -> store.until(deadline).size("x"));
            }
            assertThat(world.waiting.get()).isLessThanOrEqualTo(24);
            world.wake();
            assertThat(store.size("x")).isEmpty();
        });
        world.scheduler.close();
    }

    @Test
    void close_whileTheDiskHangs_letsTheCallerGo() throws Exception {
        World world = new World(5);
        world.run(store -> {
            world.hangs.set(true);
            long begun = world.now();
            Task call = world.scheduler.start("call", () -> fails(Reason.CLOSED, () -> store.list("data")));
            world.rest(Duration.ofSeconds(1));
            store.close();
            call.join(Long.MAX_VALUE);
            assertThat(Duration.ofNanos(world.now() - begun)).isLessThan(Duration.ofSeconds(5));
            world.wake();
        });
        world.scheduler.close();
    }

    @Test
    void getRange_abandoned_neverWritesIntoTheBufferAgain() throws Exception {
        World world = new World(6);
        world.run(store -> {
            store.put("object", world.source("object", OBJECT_BYTES), OBJECT_BYTES);
            ByteBuffer buffer = ByteBuffer.allocate(OBJECT_BYTES);
            world.hangs.set(true);
            fails(Reason.TIMEOUT, () -> store.getRange("object", 0, buffer));
            world.wake();
            world.rest(Duration.ofMinutes(1));
            assertThat(buffer.array()).containsOnly(0);
            assertThat(buffer.position()).isZero();
        });
        world.scheduler.close();
    }

    @Test
    void put_slowButMovingDisk_isNotGivenUp() throws Exception {
        World world = new World(7);
        world.run(store -> {
            world.pause = Duration.ofSeconds(12); // twice for a write that is cut in two
            int bytes = 5 << 20;
            long begun = world.now();
            store.put("large", world.source("large", bytes), bytes);
            assertThat(Duration.ofNanos(world.now() - begun)).isGreaterThan(TIMEOUT.multipliedBy(2));
            world.pause = Duration.ZERO;
            assertThat(world.get(store, "large", bytes)).isEqualTo(bytes("large", bytes));
        });
        world.scheduler.close();
    }

    @Test
    void put_unpluggedDisk_isMissingAndNothingIsMadeInItsPlace() throws Exception {
        World world = new World(8);
        world.run(store -> {
            store.bind();
            world.files.deleteTree(DISK);
            fails(Reason.REMOTE_MISSING, () -> store.put("a", world.source("a", 10), 10));
            assertThat(world.files.exists(DISK)).isFalse();
        });
        world.scheduler.close();
    }

    @Test
    void put_folderBelowTheMountPoint_isMissing() throws Exception {
        World world = new World(8);
        Path usb = Path.of("/mnt/usb");
        world.files.createPrivateDirectory(usb);
        world.run(any -> {
            DirectoryStore store = DirectoryStore.open(world.scheduler, world.files, "/mnt/usb", usb, TIMEOUT);
            store.bind();
            world.files.mount(usb, CAPACITY, false);
            fails(Reason.REMOTE_MISSING, () -> store.put("a", world.source("a", 10), 10));
            fails(Reason.REMOTE_MISSING, () -> store.delete("a"));
            fails(Reason.REMOTE_MISSING, () -> store.list(""));
            assertThat(world.files.list(usb)).isEmpty();
            store.bind();
            store.put("a", world.source("a", 10), 10);
        });
        world.scheduler.close();
    }

    @Test
    void put_failingDisk_saysWhatIsWrongAndLeavesNothing() throws Exception {
        World world = new World(9);
        world.run(store -> {
            store.put("a/first", world.source("first", 10), 10);
            for (var entry : List.of(
                    List.of(Reason.NO_SPACE, Reason.REMOTE_FULL),
                    List.of(Reason.READ_ONLY, Reason.REMOTE_DENIED),
                    List.of(Reason.ACCESS_DENIED, Reason.REMOTE_DENIED),
                    List.of(Reason.LOCAL_IO, Reason.REMOTE_UNAVAILABLE))) {
                world.failure = entry.get(0);
                fails(entry.get(1), () -> store.put("a/second", world.source("second", 10), 10));
                world.failure = null;
                assertThat(store.list("a")).extracting(RemoteStore.Entry::name).containsExactly("first");
                assertThat(world.files.list(DISK.resolve(Incoming.FOLDER))).isEmpty();
            }
        });
        world.scheduler.close();
    }

    @Test
    void put_whatWasLeftBehind_isSweptAfterADay() throws Exception {
        World world = new World(10);
        Path incoming = DISK.resolve(Incoming.FOLDER);
        world.run(store -> {
            long now = world.scheduler.clock().wallNanos() / 1_000_000;
            world.files.createPrivateDirectory(incoming);
            for (long age : new long[] {1, Duration.ofDays(2).toMillis()}) {
                world.files
                        .open(incoming.resolve((now - age) + "-ab"), LocalFiles.Mode.CREATE_NEW)
                        .close();
            }
            world.files
                    .open(incoming.resolve("not-ours"), LocalFiles.Mode.CREATE_NEW)
                    .close();
            store.put("a", world.source("a", 10), 10);
            assertThat(world.files.list(incoming)).containsExactlyInAnyOrder((now - 1) + "-ab", "not-ours");
        });
        world.scheduler.close();
    }

    /** A disk of its own and a place for sources. */
    private static final class World {
        final SimScheduler scheduler;
        final SimFiles files;
        final AtomicBoolean hangs = new AtomicBoolean();
        final Monitor monitor;
        final AtomicInteger waiting = new AtomicInteger();
        volatile Duration pause = Duration.ZERO;
        volatile Reason failure;

        World(long seed) throws PoolException {
            scheduler = SimScheduler.ofSeed(seed);
            files = new SimFiles(scheduler);
            monitor = scheduler.newMonitor("hanging disk");
            files.createPrivateDirectory(SOURCES);
            files.mount(DISK, CAPACITY, false);
            files.inject((operation, path) -> path.startsWith(DISK) ? answer(operation) : null);
        }

        private Reason answer(SimFiles.Operation operation) {
            if (operation == SimFiles.Operation.WRITE && failure != null) {
                return failure;
            }
            boolean transfer = operation == SimFiles.Operation.WRITE || operation == SimFiles.Operation.READ;
            if (!hangs.get() && !(transfer && !pause.isZero())) {
                return null;
            }
            try (Monitor.Hold hold = monitor.enter()) {
                waiting.incrementAndGet();
                boolean free = monitor.await(
                        () -> !hangs.get(), hangs.get() ? Long.MAX_VALUE : scheduler.deadlineAfter(Duration.ZERO));
                waiting.decrementAndGet();
                if (free && !pause.isZero()) {
                    monitor.await(() -> false, scheduler.deadlineAfter(pause));
                }
            } catch (PoolException e) {
                throw new AssertionError(e);
            }
            return null;
        }

        void wake() {
            try (Monitor.Hold hold = monitor.enter()) {
                hangs.set(false);
                monitor.signalAll();
            }
        }

        long now() {
            return scheduler.clock().monotonicNanos();
        }

        void rest(Duration time) throws PoolException {
            Monitor nobody = scheduler.newMonitor("rest");
            try (Monitor.Hold hold = nobody.enter()) {
                nobody.await(() -> false, scheduler.deadlineAfter(time));
            }
        }

        void run(Use use) throws Exception {
            Action action = () -> use.with(DirectoryStore.open(scheduler, files, "/mnt/disk", DISK, TIMEOUT));
            scheduler.run("test", action);
        }

        Path source(String name, int bytes) throws PoolException {
            Path path = SOURCES.resolve(name);
            try (LocalFile file = files.open(path, LocalFiles.Mode.CREATE)) {
                file.write(0, ByteBuffer.wrap(bytes(name, bytes)));
            }
            return path;
        }

        byte[] get(RemoteStore store, String object, int bytes) throws PoolException {
            ByteBuffer dst = ByteBuffer.allocate(bytes);
            store.getRange(object, 0, dst);
            return dst.array();
        }
    }

    private interface Use {
        void with(DirectoryStore store) throws PoolException;
    }

    private static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).asInstanceOf(type(PoolException.class)).returns(reason, PoolException::reason);
    }

    private static byte[] bytes(String seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed.hashCode()).nextBytes(bytes);
        return bytes;
    }
}
