package io.poolfs.core.meta;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random ops, possible and impossible ones, against a reference; then the journal's lines are replayed elsewhere and the
 * checkpoint is loaded elsewhere, and all must be the same.
 */
class MetadataModelTest {
    private static final int OPS = 2_500;
    private static final int OPS_PER_CHECK = 100;
    private static final int NAMES = 6;

    @TempDir
    Path directory;

    private Random random;
    private MetadataFixture pool;
    private ReferenceTree model;
    private int succeeded;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void randomOps_agreeWithTheReference_andReplayAndCheckpointGiveTheSame(long seed) throws PoolException {
        random = new Random(seed);
        model = new ReferenceTree();
        try (MetadataFixture fixture = new MetadataFixture()) {
            pool = fixture;
            for (int i = 1; i <= OPS; i++) {
                step();
                if (i % OPS_PER_CHECK == 0) {
                    assertThat(MetadataCheck.run(pool.metadata))
                            .as("seed %d after %d ops", seed, i)
                            .isEmpty();
                    pool.metadata.look(model::requireSame);
                }
            }
            assertThat(succeeded).isGreaterThan(OPS / 3);
            List<String> checkpoint = checkpoint(pool.metadata);
            assertThat(replayed()).as("replay").isEqualTo(checkpoint);
            assertThat(loaded(checkpoint)).as("checkpoint").isEqualTo(checkpoint);
        }
    }

    private void step() throws PoolException {
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> create();
            case 3 -> {
                Op.Link op = new Op.Link(anyInode(), anyPlace(), now(), maybeDisplaces());
                expect(op, model.link(op));
            }
            case 4 -> {
                Op.Unlink op = new Op.Unlink(anyPlace(), now());
                expect(op, model.unlink(op.at()));
            }
            case 5 -> {
                Op.RemoveDirectory op = new Op.RemoveDirectory(anyPlace(), now());
                expect(op, model.removeDirectory(op.at()));
            }
            case 6, 7 -> {
                Op.Rename op = new Op.Rename(anyPlace(), anyPlace(), now(), random.nextInt(4) == 0, maybeDisplaces());
                expect(op, model.rename(op));
            }
            case 8, 9, 10 -> commit();
            case 11 -> attributes();
            case 12 -> reapOrRestore();
            default -> chunks();
        }
    }

    private void create() throws PoolException {
        FileType type = List.of(FileType.REGULAR, FileType.REGULAR, FileType.DIRECTORY, FileType.SYMLINK)
                .get(random.nextInt(4));
        byte[] target = type == FileType.SYMLINK ? new byte[1 + random.nextInt(5)] : null;
        long inode = pool.metadata.<Long>read(MetadataReader::nextInode);
        int mode = type.modeBits() | random.nextInt(010000);
        Op.Create op = new Op.Create(anyPlace(), inode, mode, 1, 2, 0, target, now(), maybeDisplaces());
        expect(op, model.create(op, type));
    }

    private void commit() throws PoolException {
        long inode = anyInode();
        ReferenceTree.Node node = model.nodes.get(inode);
        long base = node == null || random.nextInt(10) == 0 ? random.nextInt(3) : node.version;
        int size = random.nextInt(ReferenceTree.MAX_SIZE + 1);
        List<ByteRange> drop = new ArrayList<>();
        if (random.nextBoolean()) {
            int from = random.nextInt(ReferenceTree.MAX_SIZE);
            drop.add(ByteRange.between(from, from + random.nextInt(ReferenceTree.MAX_SIZE - from)));
        }
        List<Extent> put = new ArrayList<>();
        ChunkId chunk = new ChunkId(9, pool.now.incrementAndGet());
        int at = 0;
        while (at < size) {
            at += random.nextInt(12);
            int length = 1 + random.nextInt(8);
            if (at + length <= size) {
                put.add(MetadataFixture.extent(chunk, 10L * put.size(), length, at));
            }
            at += length;
        }
        Op.CommitContent op = new Op.CommitContent(inode, base, size, now(), now(), null, drop, put);
        boolean possible = model.commit(op);
        if (put.isEmpty()) {
            expect(op, possible);
        } else {
            expect(possible, new Op.AddChunk(MetadataFixture.chunk(chunk, 10L * put.size())), op);
        }
    }

    private void attributes() throws PoolException {
        long inode = anyInode();
        ReferenceTree.Node node = model.nodes.get(inode);
        if (random.nextBoolean()) {
            int permissions = random.nextInt(010000);
            expect(new Op.SetAttributes(inode, permissions, null, 5, null, now(), now()), node != null);
            if (node != null) {
                node.permissions = permissions;
                if (inode == Inode.ROOT) {
                    pool.apply(new Op.SetAttributes(inode, 0755, null, null, null, null, now()));
                }
            }
            return;
        }
        String name = "user." + random.nextInt(3);
        String value = random.nextInt(3) == 0 ? null : "v" + random.nextInt(100);
        boolean possible = node != null && (value != null || node.xattrs.containsKey(name));
        expect(
                new Op.SetXattr(
                        inode,
                        name.getBytes(StandardCharsets.UTF_8),
                        value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                        now()),
                possible);
        if (possible && value != null) {
            node.xattrs.put(name, value);
        } else if (possible) {
            node.xattrs.remove(name);
        }
    }

    private void reapOrRestore() throws PoolException {
        if (random.nextBoolean() && !model.displaced.isEmpty()) {
            Map.Entry<ReferenceTree.Displacement, Long> record =
                    List.copyOf(model.displaced.entrySet()).get(random.nextInt(model.displaced.size()));
            Op.Restore op = new Op.Restore(record.getKey().at(), record.getKey().displacer(), record.getValue(), now());
            expect(op, model.restore(op));
            return;
        }
        long inode = anyInode();
        ReferenceTree.Node node = model.nodes.get(inode);
        boolean possible = node != null && node.orphanOf != null && !model.isHeld(inode);
        expect(new Op.Reap(List.of(inode)), possible);
        if (possible) {
            model.nodes.remove(inode);
        }
    }

    /** Deletes garbage, or moves what one extent has into a new chunk. */
    private void chunks() throws PoolException {
        List<MetadataReader.ChunkUse> known = new ArrayList<>();
        pool.metadata.look(reader -> reader.chunks(known::add));
        if (known.isEmpty()) {
            return;
        }
        MetadataReader.ChunkUse use = known.get(random.nextInt(known.size()));
        if (random.nextBoolean() || use.references() == 0) {
            expect(new Op.ForgetChunk(use.chunk().id()), use.references() == 0);
            return;
        }
        List<MetadataReader.Reference> references = new ArrayList<>();
        pool.metadata.look(reader -> reader.references(use.chunk().id(), references::add));
        MetadataReader.Reference moved = references.get(random.nextInt(references.size()));
        Extent old = moved.extent();
        ChunkId chunk = new ChunkId(9, pool.now.incrementAndGet());
        Extent young = MetadataFixture.extent(chunk, 0, old.lengthBytes(), old.fileOffset());
        expect(
                true,
                new Op.AddChunk(MetadataFixture.chunk(chunk, old.lengthBytes())),
                new Op.Repoint(moved.inode(), use.chunk().id(), List.of(young)));
        model.fill(model.nodes.get(moved.inode()), old.fileOffset(), old.fileEnd(), young);
    }

    private void expect(Op op, boolean possible) throws PoolException {
        expect(possible, op);
    }

    private void expect(boolean possible, Op... ops) throws PoolException {
        boolean done;
        try {
            pool.apply(ops);
            done = true;
        } catch (PoolException e) {
            done = false;
        }
        assertThat(done).as("%s", List.of(ops)).isEqualTo(possible);
        succeeded += done ? 1 : 0;
    }

    private Op.Place anyPlace() throws PoolException {
        List<Long> directories = new ArrayList<>();
        for (ReferenceTree.Node node : model.nodes.values()) {
            if (node.isDirectory() || random.nextInt(40) == 0) {
                directories.add(node.number);
            }
        }
        return new Op.Place(
                directories.get(random.nextInt(directories.size())), ReferenceTree.name(random.nextInt(NAMES)));
    }

    private long anyInode() {
        List<Long> numbers = new ArrayList<>(model.nodes.keySet());
        numbers.add(99_999L);
        return numbers.get(random.nextInt(numbers.size()));
    }

    private long maybeDisplaces() {
        return random.nextInt(4) == 0 ? anyInode() : 0;
    }

    private long now() {
        return pool.now.incrementAndGet();
    }

    private List<String> replayed() throws PoolException {
        LmdbStore store = LmdbStore.open(directory.resolve("replayed"), pool.scheduler);
        try (Metadata other = KeyValueMetadata.open(store, new RecordingLog(), pool.clock())) {
            for (Transaction transaction : pool.log.transactions()) {
                other.replay(TransactionCodec.decode(TransactionCodec.encode(transaction)));
            }
            assertThat(other.lastTransaction()).isEqualTo(pool.metadata.lastTransaction());
            assertThat(MetadataCheck.run(other)).isEmpty();
            return checkpoint(other);
        }
    }

    private List<String> loaded(List<String> lines) throws PoolException {
        KeyValueStore store = new MemoryStore(pool.scheduler);
        assertThat(CheckpointCodecTest.load(lines, store)).isEqualTo(pool.metadata.lastTransaction());
        try (Metadata other = KeyValueMetadata.open(store, new RecordingLog(), pool.clock())) {
            other.look(model::requireSame);
            return checkpoint(other);
        }
    }

    private static List<String> checkpoint(Metadata metadata) throws PoolException {
        return CheckpointCodecTest.write(metadata);
    }
}
