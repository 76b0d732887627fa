package io.poolfs.core.meta;

import static io.poolfs.core.meta.MetadataFixture.at;
import static io.poolfs.core.model.Inode.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.RealScheduler;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointCodecTest {
    private static final String GOLDEN = "/format1/checkpoint.jsonl";

    private MetadataFixture pool;
    private RealScheduler scheduler;

    @BeforeEach
    void open() throws PoolException {
        pool = new MetadataFixture();
        scheduler = pool.scheduler;
    }

    @AfterEach
    void close() throws PoolException {
        pool.close();
    }

    @Test
    void write_aPoolWithOneOfEach_isTheGoldenFile() throws Exception {
        makeOneOfEach();

        assertThat(String.join("\n", write(pool.metadata)) + "\n").isEqualTo(golden());
    }

    @Test
    void load_theGoldenFile_givesTheSamePool() throws Exception {
        makeOneOfEach();
        KeyValueStore store = new MemoryStore(scheduler);
        long transaction = load(golden().lines().toList(), store);

        assertThat(transaction).isEqualTo(pool.metadata.lastTransaction());
        try (Metadata loaded = KeyValueMetadata.open(store, new RecordingLog(), pool.clock())) {
            assertThat(loaded.lastTransaction()).isEqualTo(transaction);
            assertThat(write(loaded)).isEqualTo(write(pool.metadata));
            assertThat(MetadataCheck.run(loaded)).isEmpty();
            MetadataReader.Orphan orphan =
                    loaded.<MetadataReader.Orphan>read(reader -> reader.committedOrphanOf(at(ROOT, "gone")));
            assertThat(orphan).isNotNull();
            loaded.replay(new Transaction(transaction + 1, 5, List.of(new Op.Reap(List.of(orphan.inode())))));
            assertThat(MetadataCheck.run(loaded)).isEmpty();
        }
    }

    @Test
    void load_intoAStoreWithContent_isRefused() throws PoolException {
        List<String> lines = write(pool.metadata);

        assertThatThrownBy(() -> load(lines, pool.store))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
    }

    @Test
    void load_withAnyLineMissing_isCorrupt() throws Exception {
        makeOneOfEach();
        List<String> lines = write(pool.metadata);
        for (int missing = 0; missing < lines.size(); missing++) {
            List<String> without = new ArrayList<>(lines);
            String line = without.remove(missing);
            if (!mayBeMissing(line)) {
                assertThatThrownBy(() -> load(without, new MemoryStore(scheduler)))
                        .as(line)
                        .isInstanceOfSatisfying(
                                PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
            }
        }
    }

    /** Nothing else speaks of these; that none is missing, the checksum of the whole says. */
    private static boolean mayBeMissing(String line) {
        return line.contains("\"type\":\"xattr\"")
                || line.contains("\"type\":\"members\"")
                || line.contains("\"type\":\"extent\"")
                || line.contains("\"type\":\"displaced\"")
                || line.contains("garbage_tx");
    }

    @Test
    void load_withAnyLineTwiceOrEarlier_isCorrupt() throws Exception {
        makeOneOfEach();
        List<String> lines = write(pool.metadata);
        for (int i = 0; i < lines.size(); i++) {
            List<String> twice = new ArrayList<>(lines);
            twice.add(i, lines.get(i));
            corrupt(twice);
            if (i > 0) {
                List<String> swapped = new ArrayList<>(lines);
                swapped.set(i, lines.get(i - 1));
                swapped.set(i - 1, lines.get(i));
                corrupt(swapped);
            }
        }
    }

    @Test
    void load_ofLinesFromANewerFormat_saysSo() {
        assertThatThrownBy(() -> load(List.of("{\"type\":\"wormhole\"}"), new MemoryStore(scheduler)))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NEWER_FORMAT));
    }

    @Test
    void open_afterALoadThatWasCutOff_isRefused() throws Exception {
        makeOneOfEach();
        KeyValueStore store = new MemoryStore(scheduler);
        store.write(
                writer -> {
                    writer.put(Keys.of(Keys.INODE, 2), new byte[1]);
                    return "";
                },
                KeyValueStore.CommitHook.NONE);

        assertThatThrownBy(() -> KeyValueMetadata.open(store, new RecordingLog(), pool.clock()))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
    }

    @Test
    void load_ofMutatedLines_neverFailsOtherwiseThanRefused() throws Exception {
        makeOneOfEach();
        Random random = new Random(7);
        List<byte[]> lines = new ArrayList<>();
        for (String line : write(pool.metadata)) {
            lines.add(line.getBytes(StandardCharsets.UTF_8));
        }
        int refused = 0;
        for (int round = 0; round < 4_000; round++) {
            List<byte[]> mutated = new ArrayList<>(lines);
            mutated.set(random.nextInt(lines.size()), TransactionCodecTest.mutate(random, lines));
            Iterator<byte[]> iterator = mutated.iterator();
            try {
                CheckpointCodec.load(() -> iterator.hasNext() ? iterator.next() : null, new MemoryStore(scheduler));
            } catch (PoolException e) {
                assertThat(e.reason()).as(e.getMessage()).isIn(Reason.CORRUPT, Reason.NEWER_FORMAT);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(2_000);
    }

    private void makeOneOfEach() throws PoolException {
        pool.apply(new Op.SetMembers(List.of(new Op.Member(MetadataFixture.REMOTE, "disk:", true)), 1));
        long directory = pool.directory(ROOT, "dir");
        long file = pool.committed(directory, "file", 3 * MetadataFixture.MIB);
        pool.commit(
                file,
                1,
                4 * MetadataFixture.MIB,
                List.of(new ByteRange(0, 4096)),
                pool.newChunk(1000, 2 * MetadataFixture.MIB));
        pool.apply(new Op.Link(file, at(ROOT, "hard"), 5, 0));
        pool.create(ROOT, "symlink", FileType.SYMLINK.modeBits() | 0777);
        pool.create(ROOT, "fifo", FileType.FIFO.modeBits() | 0600);
        pool.apply(new Op.Create(
                new Op.Place(ROOT, FileName.of(new byte[] {(byte) 0xfe})),
                pool.metadata.<Long>read(MetadataReader::nextInode),
                FileType.CHARACTER_DEVICE.modeBits() | 0600,
                -1,
                -2,
                0x501,
                null,
                -77,
                0));
        pool.apply(new Op.SetXattr(file, "user.b".getBytes(StandardCharsets.UTF_8), new byte[] {0, -1}, 6));
        pool.committed(ROOT, "gone", 10);
        pool.unlink(ROOT, "gone");
        long old = pool.committed(ROOT, "saved", 20);
        pool.unlink(ROOT, "saved");
        pool.create(ROOT, "saved", FileType.REGULAR.modeBits() | 0600, old);
        pool.apply(new Op.AddChunk(MetadataFixture.chunk(new ChunkId(2, 2), 5)));
    }

    private void corrupt(List<String> lines) {
        assertThatThrownBy(() -> load(lines, new MemoryStore(scheduler)))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
    }

    static List<String> write(Metadata metadata) throws PoolException {
        List<String> lines = new ArrayList<>();
        metadata.look(reader ->
                CheckpointCodec.write(reader, line -> lines.add(new String(line, StandardCharsets.UTF_8))));
        return lines;
    }

    static long load(List<String> lines, KeyValueStore store) throws PoolException {
        Iterator<String> iterator = lines.iterator();
        return CheckpointCodec.load(
                () -> iterator.hasNext() ? iterator.next().getBytes(StandardCharsets.UTF_8) : null, store);
    }

    private static String golden() throws Exception {
        try (InputStream in = CheckpointCodecTest.class.getResourceAsStream(GOLDEN)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
