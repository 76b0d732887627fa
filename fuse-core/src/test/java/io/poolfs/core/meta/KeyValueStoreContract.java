package io.poolfs.core.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every key-value engine must do. */
abstract class KeyValueStoreContract {
    protected RealScheduler scheduler;
    protected KeyValueStore store;

    abstract KeyValueStore open(Scheduler scheduler) throws PoolException;

    @BeforeEach
    void openStore() throws PoolException {
        scheduler = RealScheduler.create();
        store = open(scheduler);
    }

    @AfterEach
    void closeStore() throws PoolException {
        store.close();
        scheduler.close();
    }

    @Test
    void get_ofWhatWasNeverPut_isNull() throws PoolException {
        assertThat(get("a")).isNull();
    }

    @Test
    void put_committed_isSeenByLaterReads() throws PoolException {
        put("a", "1");
        put("a", "2");
        put("empty", "");

        assertThat(get("a")).isEqualTo("2");
        assertThat(get("empty")).isEmpty();
    }

    @Test
    void write_seesItsOwnChangesBeforeTheCommit() throws PoolException {
        put("a", "1");
        write(writer -> {
            writer.put(bytes("b"), bytes("2"));
            writer.delete(bytes("a"));
            assertThat(writer.get(bytes("a"))).isNull();
            assertThat(writer.get(bytes("b"))).isEqualTo(bytes("2"));
            assertThat(keys(writer, "", null)).containsExactly("b");
        });
    }

    @Test
    void write_thatThrows_leavesNothing() throws PoolException {
        put("a", "1");

        assertThatThrownBy(() -> write(writer -> {
                    writer.put(bytes("a"), bytes("2"));
                    throw new PoolException(Reason.INVALID, "no");
                }))
                .isInstanceOf(PoolException.class);
        assertThatThrownBy(() -> write(writer -> {
                    writer.put(bytes("a"), bytes("3"));
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(get("a")).isEqualTo("1");
        put("a", "4");
        assertThat(get("a")).isEqualTo("4");
    }

    @Test
    void write_returnsWhatTheWorkReturned() throws PoolException {
        assertThat(store.<String>write(writer -> "result", KeyValueStore.CommitHook.NONE))
                .isEqualTo("result");
    }

    @Test
    void delete_ofWhatIsNotThere_doesNothing() throws PoolException {
        write(writer -> writer.delete(bytes("a")));

        assertThat(get("a")).isNull();
    }

    @Test
    void hook_runsOnceDirectlyBeforeTheCommit() throws PoolException {
        List<String> events = new ArrayList<>();
        store.write(
                writer -> {
                    writer.put(bytes("a"), bytes("1"));
                    events.add("work");
                    return "";
                },
                () -> {
                    events.add("prepare");
                    assertThat(get("a")).as("not committed yet").isNull();
                });

        assertThat(events).endsWith("work", "prepare").containsOnlyOnce("prepare");
        assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void hook_thatThrows_rollsBackWithoutFailed() throws PoolException {
        List<String> events = new ArrayList<>();
        KeyValueStore.CommitHook hook = new KeyValueStore.CommitHook() {
            @Override
            public void prepare() throws PoolException {
                throw new PoolException(Reason.FENCED, "no");
            }

            @Override
            public void failed() {
                events.add("failed");
            }
        };

        assertThatThrownBy(() -> store.write(
                        writer -> {
                            writer.put(bytes("a"), bytes("1"));
                            return "";
                        },
                        hook))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FENCED));
        assertThat(get("a")).isNull();
        assertThat(events).isEmpty();
    }

    @Test
    void hook_whenTheWorkThrows_doesNotRun() {
        List<String> events = new ArrayList<>();

        assertThatThrownBy(() -> store.write(
                        writer -> {
                            throw new PoolException(Reason.INVALID, "no");
                        },
                        () -> events.add("prepare")))
                .isInstanceOf(PoolException.class);
        assertThat(events).isEmpty();
    }

    @Test
    void scan_visitsTheRangeInOrderOfUnsignedBytes() throws PoolException {
        byte[][] keys = {{1}, {1, 0}, {1, 0, 0}, {1, 127}, {1, (byte) 128}, {1, (byte) 255}, {2}, {(byte) 200}};
        write(writer -> {
            for (int i = keys.length - 1; i >= 0; i--) {
                writer.put(keys[i], new byte[] {(byte) i});
            }
        });

        List<Integer> all = new ArrayList<>();
        List<Integer> part = new ArrayList<>();
        store.read(reader -> {
            reader.scan(new byte[] {0}, null, (key, value) -> {
                assertThat(key).isEqualTo(keys[value[0]]);
                return all.add((int) value[0]);
            });
            reader.scan(new byte[] {1, 0}, new byte[] {2}, (key, value) -> part.add((int) value[0]));
            return "";
        });
        assertThat(all).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(part).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void scan_stopsWhenTheVisitorSaysSo() throws PoolException {
        for (String key : List.of("a", "b", "c")) {
            put(key, key);
        }
        List<String> seen = new ArrayList<>();
        store.read(reader -> {
            reader.scan(bytes("a"), null, (key, value) -> {
                seen.add(text(key));
                return seen.size() < 2;
            });
            return "";
        });

        assertThat(seen).containsExactly("a", "b");
    }

    @Test
    void scan_thatReadsAndScansInside_isNotDisturbed() throws PoolException {
        for (int i = 0; i < 500; i++) {
            put(String.format("k%03d", i), "v" + i);
        }
        KeyValueStore.Visitor[] inner = new KeyValueStore.Visitor[1];
        List<String> seen = new ArrayList<>();
        store.read(reader -> {
            inner[0] = (key, value) -> false;
            reader.scan(bytes("k"), null, (key, value) -> {
                assertThat(reader.get(bytes("k007"))).isEqualTo(bytes("v7"));
                reader.scan(bytes("k2"), null, inner[0]);
                return seen.add(text(key));
            });
            return "";
        });

        assertThat(seen).hasSize(500).isSorted();
    }

    @Test
    void scan_whoseVisitorDeletesWhatItSees_visitsTheRest() throws PoolException {
        for (int i = 0; i < 1000; i++) {
            put(String.format("k%04d", i), "v");
        }
        List<String> seen = new ArrayList<>();
        write(writer -> writer.scan(bytes("k"), bytes("l"), (key, value) -> {
            writer.delete(key);
            writer.put(bytes("z" + text(key)), value);
            return seen.add(text(key));
        }));

        assertThat(seen).hasSize(1000).isSorted();
        assertThat(get("k0500")).isNull();
        assertThat(get("zk0500")).isEqualTo("v");
    }

    @Test
    void read_isOneSnapshotWhileOthersWrite() throws Exception {
        put("a", "1");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        List<String> seen = new ArrayList<>();
        Task reading = scheduler.start(
                "reader",
                () -> store.read(reader -> {
                    seen.add(text(reader.get(bytes("a"))));
                    begun.countDown();
                    assertThat(awaitQuietly(written)).isTrue();
                    seen.add(text(reader.get(bytes("a"))));
                    return "";
                }));
        assertThat(awaitQuietly(begun)).isTrue();
        put("a", "2");
        written.countDown();
        reading.join(Long.MAX_VALUE);

        assertThat(seen).containsExactly("1", "1");
        assertThat(get("a")).isEqualTo("2");
    }

    @Test
    void write_fromManyThreads_isSerial() throws PoolException {
        List<Task> tasks = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            tasks.add(scheduler.start("writer", () -> {
                for (int i = 0; i < 250; i++) {
                    write(writer -> {
                        byte[] count = writer.get(bytes("count"));
                        int now = count == null ? 0 : Integer.parseInt(text(count));
                        writer.put(bytes("count"), bytes(String.valueOf(now + 1)));
                    });
                }
            }));
        }
        for (Task task : tasks) {
            task.join(Long.MAX_VALUE);
        }

        assertThat(get("count")).isEqualTo("1000");
    }

    @Test
    void arrays_handedInAndOut_areNotShared() throws PoolException {
        byte[] key = bytes("a");
        byte[] value = bytes("1");
        write(writer -> {
            writer.put(key, value);
            key[0] = 'b';
            value[0] = '2';
        });
        byte[] out = store.<byte[]>read(reader -> reader.get(bytes("a")));
        assertThat(out).isEqualTo(bytes("1"));
        out[0] = '3';

        assertThat(get("a")).isEqualTo("1");
    }

    @Test
    void keysAndValues_ofTheGreatestLengths_areKept() throws PoolException {
        byte[] key = new byte[400];
        Arrays.fill(key, (byte) 0xee);
        byte[] value = new byte[3 << 20];
        new Random(1).nextBytes(value);
        write(writer -> writer.put(key, value));

        assertThat(store.<byte[]>read(reader -> reader.get(key))).isEqualTo(value);
    }

    @Test
    void randomChanges_agreeWithASortedMap() throws PoolException {
        Random random = new Random(42);
        TreeMap<String, String> model = new TreeMap<>();
        for (int round = 0; round < 60; round++) {
            write(writer -> {
                for (int i = 0; i < 40; i++) {
                    String key = "k" + random.nextInt(400);
                    if (random.nextInt(3) == 0) {
                        writer.delete(bytes(key));
                        model.remove(key);
                    } else {
                        String value = "v".repeat(random.nextInt(300)) + i;
                        writer.put(bytes(key), bytes(value));
                        model.put(key, value);
                    }
                }
            });
            String from = "k" + random.nextInt(400);
            String to = "k" + random.nextInt(400);
            List<String> expected =
                    from.compareTo(to) < 0 ? List.copyOf(model.subMap(from, to).keySet()) : List.of();
            assertThat(store.<List<String>>read(reader -> keys(reader, from, to)))
                    .isEqualTo(expected);
        }
        TreeMap<String, String> found = new TreeMap<>();
        store.read(reader -> {
            reader.scan(bytes("k"), null, (key, value) -> {
                found.put(text(key), text(value));
                return true;
            });
            return "";
        });
        assertThat(found).isEqualTo(model);
    }

    @Test
    void use_afterClose_isRefused() throws PoolException {
        store.close();

        assertThatThrownBy(() -> get("a"))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
        assertThatThrownBy(() -> put("a", "1"))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }

    @FunctionalInterface
    interface Change {
        void apply(KeyValueStore.Writer writer) throws PoolException;
    }

    protected final void write(Change change) throws PoolException {
        store.write(
                writer -> {
                    change.apply(writer);
                    return "";
                },
                KeyValueStore.CommitHook.NONE);
    }

    protected final void put(String key, String value) throws PoolException {
        write(writer -> writer.put(bytes(key), bytes(value)));
    }

    protected final String get(String key) throws PoolException {
        return store.<String>read(reader -> {
            byte[] value = reader.get(bytes(key));
            return value == null ? null : text(value);
        });
    }

    private static List<String> keys(KeyValueStore.Reader reader, String from, String to) throws PoolException {
        List<String> keys = new ArrayList<>();
        byte[] first = from.isEmpty() ? new byte[] {0} : bytes(from);
        reader.scan(first, to == null ? null : bytes(to), (key, value) -> keys.add(text(key)));
        return keys;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static boolean awaitQuietly(CountDownLatch latch) {
        try {
            return latch.await(20, java.util.concurrent.TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
