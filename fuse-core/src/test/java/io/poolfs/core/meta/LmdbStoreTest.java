package io.poolfs.core.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LmdbStoreTest extends KeyValueStoreContract {
    @TempDir
    Path directory;

    @Override
    KeyValueStore open(Scheduler given) throws PoolException {
        return LmdbStore.open(directory.resolve("meta"), given, 1 << 20);
    }

    @Test
    void close_andOpen_keepsWhatWasCommitted() throws PoolException {
        put("a", "1");
        store.close();
        store = open(scheduler);

        assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void open_createsADirectoryThatOthersCannotRead() throws IOException {
        assertThat(Files.getPosixFilePermissions(directory.resolve("meta")).toString())
                .doesNotContain("GROUP", "OTHERS");
    }

    @Test
    void open_ofAFileThatIsNoStore_isCorruptAndNamesIt() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.write(other.resolve("data.mdb"), bytes("no store".repeat(4000)));

        assertThatThrownBy(() -> LmdbStore.open(other, scheduler).close())
                .hasMessageContaining(other.toString())
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
    }

    @Test
    void write_ofMoreThanTheMapHolds_growsIt() throws PoolException {
        byte[] value = new byte[1000];
        for (int round = 0; round < 10; round++) {
            int from = round * 1000;
            write(writer -> {
                for (int i = from; i < from + 1000; i++) {
                    writer.put(bytes("k" + i), value);
                }
            });
        }

        assertThat(((LmdbStore) store).mapBytes()).isGreaterThan(8 << 20);
        assertThat(get("k9999")).hasSize(1000);
        store.close();
        store = open(scheduler);
        assertThat(get("k0")).hasSize(1000);
        assertThat(((LmdbStore) store).mapBytes()).isGreaterThan(8 << 20);
    }

    @Test
    void write_whoseWorkSwallowsThatTheMapIsFull_isDoneAgainWhole() throws PoolException {
        write(writer -> {
            for (int i = 0; i < 5000; i++) {
                try {
                    writer.put(bytes("k" + i), new byte[1000]);
                } catch (RuntimeException e) {
                    // As a careless work would.
                    assertThat(e).isInstanceOf(LmdbStore.MapFull.class);
                }
            }
        });

        for (int i = 0; i < 5000; i += 499) {
            assertThat(get("k" + i)).hasSize(1000);
        }
    }

    @Test
    void growth_isDoneBeforeTheHook_neverInTheCommit() throws PoolException {
        int[] prepared = {0};
        int[] failed = {0};
        KeyValueStore.CommitHook hook = new KeyValueStore.CommitHook() {
            @Override
            public void prepare() {
                prepared[0]++;
            }

            @Override
            public void failed() {
                failed[0]++;
            }
        };
        int writes = 6000;
        for (int i = 0; i < writes; i++) {
            byte[] key = bytes("k" + (i * 7919L) % 5000);
            byte[] value = new byte[i % 97 == 0 ? 20_000 : i % 700];
            store.write(
                    writer -> {
                        writer.put(key, value);
                        return "";
                    },
                    hook);
        }

        assertThat(prepared[0]).isEqualTo(writes);
        assertThat(failed[0]).isZero();
        assertThat(((LmdbStore) store).mapBytes()).isGreaterThan(1 << 20);
    }

    @Test
    void growth_withReadersAtWork_disturbsNobody() throws PoolException {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        put("k0", "v".repeat(500));
        List<Task> tasks = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            tasks.add(scheduler.start("reader", () -> {
                while (!done.get()) {
                    assertThat(get("k0")).hasSize(500);
                    reads.incrementAndGet();
                }
            }));
        }
        for (int i = 0; i < 20_000; i++) {
            put("k" + i, "v".repeat(500));
        }
        done.set(true);
        for (Task task : tasks) {
            task.join(Long.MAX_VALUE);
        }

        assertThat(((LmdbStore) store).mapBytes()).isGreaterThan(16 << 20);
        assertThat(reads.get()).isPositive();
    }

    @Test
    void growth_whileAReaderStays_waitsForItsEnd() throws Exception {
        put("a", "1");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Task reader = scheduler.start(
                "reader",
                () -> store.read(snapshot -> {
                    inside.countDown();
                    await(end);
                    assertThat(snapshot.get(bytes("a"))).isEqualTo(bytes("1"));
                    return "";
                }));
        await(inside);
        Task writer = scheduler.start(
                "writer",
                () -> write(writing -> {
                    for (int i = 0; i < 3000; i++) {
                        writing.put(bytes("k" + i), new byte[1000]);
                    }
                }));
        assertThat(writer.isDone()).isFalse();
        end.countDown();
        reader.join(Long.MAX_VALUE);
        writer.join(Long.MAX_VALUE);

        assertThat(get("k2999")).hasSize(1000);
    }

    @Test
    void sync_makesNoDifferenceToWhatIsSeen() throws PoolException {
        put("a", "1");
        store.sync();

        assertThat(get("a")).isEqualTo("1");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
