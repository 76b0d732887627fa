package io.poolfs.core.meta;

import static io.poolfs.core.meta.MetadataFixture.at;
import static io.poolfs.core.model.Inode.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each damage, done behind the metadata's back, is found. */
class MetadataCheckTest {
    private MetadataFixture pool;
    private long directory;
    private long file;
    private long displacer;
    private long displaced;
    private Extent extent;

    @BeforeEach
    void open() throws PoolException {
        pool = new MetadataFixture();
        directory = pool.directory(ROOT, "d");
        file = pool.committed(directory, "f", 100);
        extent = pool.extents(file).get(0);
        pool.apply(new Op.Link(file, at(ROOT, "second"), 5, 0));
        displaced = pool.committed(ROOT, "s", 10);
        pool.unlink(ROOT, "s");
        displacer = pool.create(ROOT, "s", FileType.REGULAR.modeBits() | 0644, displaced);
        assertThat(check()).isEmpty();
    }

    @AfterEach
    void close() throws PoolException {
        pool.close();
    }

    @Test
    void run_wrongAttributes_areFound() throws PoolException {
        found("links", () -> inode(file, record -> record.links = 5));
        found("links", () -> inode(directory, record -> record.links = 3));
        found("entries", () -> inode(directory, record -> record.entries = 9));
        found("does not know its name", () -> inode(file, record -> record.place = null));
        found("cannot have content", () -> inode(file, record -> record.sizeBytes = 99));
        found("uncommitted", () -> inode(file, record -> record.version = 0));
        found("type bits", () -> inode(file, record -> record.mode = 0120777));
    }

    @Test
    void run_missingRecords_areFound() throws PoolException {
        found("does not exist", () -> delete(Keys.of(Keys.INODE, file)));
        found("names", () -> delete(Keys.dentry(at(ROOT, "second"))));
        found("does not know its name", () -> delete(Keys.link(file, at(ROOT, "second"))));
        found("references", () -> delete(Keys.of(Keys.EXTENT, file, 100)));
        found(
                "does not know that inode",
                () -> delete(Keys.reference(extent.piece().chunk(), file, 100)));
        found("is not known", () -> delete(Keys.chunk(Keys.CHUNK, extent.piece().chunk())));
        found("orphan record", () -> delete(Keys.of(Keys.ORPHAN, displaced)));
        found("not held", () -> delete(Keys.held(displaced, displacer, at(ROOT, "s"))));
        found("hold", () -> delete(Keys.displaced(displacer, at(ROOT, "s"))));
        found("uncommitted", () -> delete(Keys.of(Keys.UNCOMMITTED, displacer)));
        found("usage", () -> delete(Keys.usage(MetadataFixture.REMOTE)));
        found("root", () -> delete(Keys.of(Keys.INODE, Inode.ROOT)));
    }

    @Test
    void run_recordsTooMany_areFound() throws PoolException {
        ChunkId chunk = extent.piece().chunk();
        found("does not exist but has an attribute", () -> put(Keys.of(Keys.XATTR, 77, new byte[] {1})));
        found("references to chunks", () -> put(Keys.reference(chunk, file, 50)));
        found("garbage", () -> put(Keys.garbage(1, chunk), Records.number(1)));
        found("uncommitted", () -> put(Keys.of(Keys.UNCOMMITTED, 77)));
        found(
                "overlap",
                () -> put(Keys.of(Keys.EXTENT, file, 50), Records.extent(MetadataFixture.extent(chunk, 0, 50, 0))));
        found("is said to be", () -> put(Keys.link(file, at(ROOT, "third"))));
        found("orphan", () -> put(Keys.of(Keys.ORPHAN, file), Records.orphan(at(ROOT, "x"), 1)));
        found("said to be the orphan", () -> put(Keys.orphanAt(at(ROOT, "x")), Records.number(displaced)));
        found("does not wait", () -> put(Keys.displaced(file, at(ROOT, "second")), Records.number(displaced)));
        found(
                "pending",
                () -> put(
                        Keys.of(Keys.PENDING_EXTENT, file, 10),
                        Records.pending(new PendingExtent(
                                new ByteRange(0, 10), MetadataFixture.extent(new ChunkId(99, 99), 0, 10, 0)))));
        found("counted", () -> put(Keys.COUNTERS, new Counters(100, 100, 2).encode()));
        found("next inode", () -> put(Keys.COUNTERS, new Counters(3, 100, 5).encode()));
    }

    @Test
    void run_directoriesInACircle_areFound() throws PoolException {
        long inner = pool.directory(directory, "inner");
        found("inside itself", () -> {
            delete(Keys.dentry(at(ROOT, "d")));
            put(Keys.dentry(at(inner, "d")), Records.dentry(directory, FileType.DIRECTORY.modeBits()));
            inode(directory, record -> record.place = place(inner));
        });
    }

    @Test
    void recount_wrongCounts_areRight() throws PoolException {
        ChunkId chunk = extent.piece().chunk();
        mended(() -> inode(file, record -> record.links = 5));
        mended(() -> inode(directory, record -> record.links = 3));
        mended(() -> inode(directory, record -> record.entries = 9));
        mended(() -> inode(ROOT, record -> record.links = 7));
        mended(() -> chunk(chunk, record -> record.references = 9));
        mended(() -> chunk(chunk, record -> record.liveBytes = 0));
        mended(() -> delete(Keys.reference(chunk, file, 100)));
        mended(() -> put(Keys.reference(chunk, file, 50)));
        mended(() -> delete(Keys.usage(MetadataFixture.REMOTE)));
        mended(() -> delete(Keys.of(Keys.UNCOMMITTED, displacer)));
        mended(() -> put(Keys.of(Keys.UNCOMMITTED, 77)));
        mended(() -> put(Keys.of(Keys.UNCOMMITTED, file)));
        mended(() -> put(Keys.COUNTERS, new Counters(3, 100, 2).encode()));
    }

    @Test
    void recount_usedChunkAmongGarbage_isTakenOutOfIt() throws PoolException {
        ChunkId chunk = extent.piece().chunk();
        mended(() -> put(Keys.garbage(1, chunk), Records.number(1)));
        mended(() -> {
            put(Keys.garbage(1, chunk), Records.number(1));
            chunk(chunk, record -> {
                record.references = 0;
                record.liveBytes = 0;
                record.garbageSince = 1;
            });
        });
    }

    @Test
    void recount_lostRecords_makeNothingGarbageOrNameless() throws PoolException {
        ChunkId chunk = extent.piece().chunk();
        delete(Keys.of(Keys.EXTENT, file, 100));
        delete(Keys.dentry(at(ROOT, "second")));
        delete(Keys.dentry(at(directory, "f")));
        ((KeyValueMetadata) pool.metadata).recount();
        assertThat(check()).anyMatch(finding -> finding.contains("references"));
        assertThat(check()).anyMatch(finding -> finding.contains("inode " + file + " has 2 links and 0 names"));
        pool.metadata.look(reader -> {
            reader.garbage(garbage -> {
                throw new AssertionError(garbage + " is garbage");
            });
            assertThat(reader.chunk(chunk)).isNotNull();
            assertThat(reader.requireInode(file).links()).isEqualTo(2);
        });
    }

    /** Does the damage and counts again. */
    private void mended(Damage damage) throws PoolException {
        damage.run();
        assertThat(check()).isNotEmpty();
        assertThat(((KeyValueMetadata) pool.metadata).recount()).isPositive();
        assertThat(check()).isEmpty();
        assertThat(((KeyValueMetadata) pool.metadata).recount()).isZero();
    }

    private void chunk(ChunkId id, Consumer<ChunkRecord> change) throws PoolException {
        pool.store.write(
                writer -> {
                    byte[] key = Keys.chunk(Keys.CHUNK, id);
                    ChunkRecord record = ChunkRecord.decode(id, writer.get(key));
                    change.accept(record);
                    writer.put(key, record.encode());
                    return "";
                },
                KeyValueStore.CommitHook.NONE);
    }

    private static Op.Place place(long parent) {
        try {
            return at(parent, "d");
        } catch (PoolException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Damage {
        void run() throws PoolException;
    }

    /** Does the damage, looks, and undoes it. */
    private void found(String words, Damage damage) throws PoolException {
        List<byte[]> before = everything();
        damage.run();
        assertThat(check()).anyMatch(finding -> finding.contains(words));
        pool.store.write(
                writer -> {
                    writer.scan(new byte[] {0}, null, (key, value) -> {
                        writer.delete(key);
                        return true;
                    });
                    for (int i = 0; i < before.size(); i += 2) {
                        writer.put(before.get(i), before.get(i + 1));
                    }
                    return "";
                },
                KeyValueStore.CommitHook.NONE);
        assertThat(check()).isEmpty();
    }

    private List<byte[]> everything() throws PoolException {
        List<byte[]> all = new ArrayList<>();
        pool.store.read(reader -> {
            reader.scan(new byte[] {0}, null, (key, value) -> all.add(key) && all.add(value));
            return "";
        });
        return all;
    }

    private List<String> check() throws PoolException {
        return MetadataCheck.run(pool.metadata);
    }

    private void inode(long number, Consumer<InodeRecord> change) throws PoolException {
        pool.store.write(
                writer -> {
                    byte[] key = Keys.of(Keys.INODE, number);
                    InodeRecord record = InodeRecord.decode(number, writer.get(key));
                    change.accept(record);
                    writer.put(key, record.encode());
                    return "";
                },
                KeyValueStore.CommitHook.NONE);
    }

    private void delete(byte[] key) throws PoolException {
        pool.store.write(
                writer -> {
                    assertThat(writer.get(key)).isNotNull();
                    writer.delete(key);
                    return "";
                },
                KeyValueStore.CommitHook.NONE);
    }

    private void put(byte[] key) throws PoolException {
        put(key, Keys.NOTHING);
    }

    private void put(byte[] key, byte[] value) throws PoolException {
        pool.store.write(
                writer -> {
                    writer.put(key, value);
                    return "";
                },
                KeyValueStore.CommitHook.NONE);
    }
}
