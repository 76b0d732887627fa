package io.poolfs.core.meta;

import static io.poolfs.core.meta.MetadataFixture.at;
import static io.poolfs.core.meta.MetadataFixture.extent;
import static io.poolfs.core.model.Inode.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContentOpsTest {
    private static final ByteRange FIRST_TEN = new ByteRange(0, 10);

    private MetadataFixture pool;

    @BeforeEach
    void open() throws PoolException {
        pool = new MetadataFixture();
    }

    @AfterEach
    void close() throws PoolException {
        assertThat(MetadataCheck.run(pool.metadata)).isEmpty();
        pool.close();
    }

    @Test
    void commitContent_first_givesVersionOneSizeTimesAndExtents() throws PoolException {
        long file = pool.file(ROOT, "a");
        Extent extent = pool.newChunk(100, 0);
        assertThat(uncommitted()).containsExactly(file);
        pool.apply(
                new Op.AddChunk(MetadataFixture.chunk(extent.piece().chunk(), 100)),
                new Op.CommitContent(file, 0, 150, 7, 8, 9L, List.of(), List.of(extent)));

        Inode inode = pool.inode(file);
        assertThat(inode.version()).isEqualTo(1);
        assertThat(inode.sizeBytes()).isEqualTo(150);
        assertThat(inode.modifyNanos()).isEqualTo(7);
        assertThat(inode.changeNanos()).isEqualTo(8);
        assertThat(inode.accessNanos()).isEqualTo(9);
        assertThat(pool.extents(file)).containsExactly(extent);
        assertThat(uncommitted()).isEmpty();
        assertThat(garbage()).isEmpty();
        assertThat(usage()).isEqualTo(new MetadataReader.Usage(1, 100, 0));
    }

    @Test
    void commitContent_inTheMiddle_narrowsWhatIsThere() throws PoolException {
        long file = pool.committed(ROOT, "a", 100);
        ChunkId old = pool.extents(file).get(0).piece().chunk();
        Extent middle = pool.newChunk(20, 40);
        pool.commit(file, 1, 100, List.of(), middle);

        List<Extent> extents = pool.extents(file);
        assertThat(extents).hasSize(3);
        assertThat(extents.get(0).fileRange()).isEqualTo(new ByteRange(0, 40));
        assertThat(extents.get(1)).isEqualTo(middle);
        assertThat(extents.get(2).fileRange()).isEqualTo(new ByteRange(60, 40));
        assertThat(extents.get(2).chunkOffset()).isEqualTo(60);
        assertThat(extents.get(2).piece()).isEqualTo(extents.get(0).piece());
        assertThat(use(old)).isEqualTo(new long[] {2, 80});
        assertThat(usage()).isEqualTo(new MetadataReader.Usage(2, 120, 20));
        assertThat(pool.metadata.<List<Extent>>read(reader -> reader.extents(file, 39, 41)))
                .containsExactly(extents.get(0), middle);
        assertThat(pool.metadata.<List<Extent>>read(reader -> reader.extents(file, 40, 41)))
                .containsExactly(middle);
        assertThat(pool.metadata.<List<Extent>>read(reader -> reader.extents(file, 100, 200)))
                .isEmpty();
    }

    @Test
    void commitContent_dropAndSmallerSize_cutWhatIsThere() throws PoolException {
        long file = pool.committed(ROOT, "a", 100);
        pool.commit(file, 1, 90, List.of(FIRST_TEN, new ByteRange(20, 5)));

        assertThat(pool.extents(file))
                .extracting(Extent::fileRange)
                .containsExactly(ByteRange.between(10, 20), ByteRange.between(25, 90));
        pool.commit(file, 2, 200, List.of());
        pool.commit(file, 3, 0, List.of());
        assertThat(pool.extents(file)).isEmpty();
        assertThat(garbage()).hasSize(1);
        assertThat(garbage().get(0).transaction()).isEqualTo(pool.metadata.lastTransaction());
        assertThat(pool.inode(file).version()).isEqualTo(4);
    }

    @Test
    void commitContent_impossible_isRefusedAndChangesNothing() throws PoolException {
        long file = pool.committed(ROOT, "a", 100);
        long directory = pool.directory(ROOT, "d");
        ChunkId chunk = pool.extents(file).get(0).piece().chunk();
        long transaction = pool.metadata.lastTransaction();

        refused(Reason.NOT_FOUND, () -> pool.commit(77, 0, 0, List.of()));
        refused(Reason.INVALID, () -> pool.commit(directory, 0, 0, List.of()));
        refused(Reason.STALE, () -> pool.commit(file, 0, 0, List.of()));
        refused(Reason.STALE, () -> pool.commit(file, 2, 0, List.of()));
        refused(Reason.INVALID, () -> pool.commit(file, 1, -1, List.of()));
        refused(Reason.INVALID, () -> pool.commit(file, 1, 9, List.of(), extent(chunk, 0, 10, 0)));
        refused(Reason.INVALID, () -> pool.commit(file, 1, 99, List.of(), extent(chunk, 95, 10, 0)));
        refused(
                Reason.INVALID,
                () -> pool.commit(file, 1, 99, List.of(), extent(chunk, 0, 10, 5), extent(chunk, 20, 10, 0)));
        refused(
                Reason.NOT_FOUND,
                () -> pool.apply(new Op.CommitContent(
                        file, 1, 10, 1, 1, null, List.of(), List.of(extent(new ChunkId(5, 5), 0, 10, 0)))));
        assertThat(pool.metadata.lastTransaction()).isEqualTo(transaction);
        assertThat(pool.inode(file).version()).isEqualTo(1);
    }

    @Test
    void addChunk_knownOrMalformed_isRefused() throws PoolException {
        ChunkId id = new ChunkId(3, 3);
        pool.apply(new Op.AddChunk(MetadataFixture.chunk(id, 10)));

        refused(Reason.EXISTS, () -> pool.apply(new Op.AddChunk(MetadataFixture.chunk(id, 10))));
        ChunkId other = new ChunkId(4, 4);
        refused(
                Reason.INVALID,
                () -> pool.apply(new Op.AddChunk(new Chunk(other, MetadataFixture.REMOTE, 0, 1, new int[0]))));
        refused(
                Reason.INVALID,
                () -> pool.apply(new Op.AddChunk(new Chunk(other, MetadataFixture.REMOTE, 5, 1, new int[2]))));
        refused(
                Reason.INVALID,
                () -> pool.apply(new Op.AddChunk(new Chunk(other, MetadataFixture.REMOTE, 5, -1, new int[1]))));
        assertThat(garbage()).hasSize(1);
    }

    @Test
    void forgetChunk_garbage_goesWithItsUsage() throws PoolException {
        long file = pool.committed(ROOT, "a", 100);
        ChunkId chunk = pool.extents(file).get(0).piece().chunk();

        refused(Reason.INVALID, () -> pool.apply(new Op.ForgetChunk(chunk)));
        pool.commit(file, 1, 0, List.of());
        pool.apply(new Op.ForgetChunk(chunk));
        assertThat(garbage()).isEmpty();
        assertThat(pool.metadata.<Map<?, ?>>read(MetadataReader::usage)).isEmpty();
        refused(Reason.NOT_FOUND, () -> pool.apply(new Op.ForgetChunk(chunk)));
    }

    @Test
    void chunk_usedAgain_leavesTheGarbageList() throws PoolException {
        long file = pool.committed(ROOT, "a", 100);
        ChunkId chunk = pool.extents(file).get(0).piece().chunk();
        pool.commit(file, 1, 0, List.of());
        assertThat(garbage()).hasSize(1);
        pool.commit(file, 2, 50, List.of(), extent(chunk, 0, 50, 0));

        assertThat(garbage()).isEmpty();
        assertThat(usage()).isEqualTo(new MetadataReader.Usage(1, 100, 50));
    }

    @Test
    void reap_deletesTheOrphanWithAllItHad() throws PoolException {
        long file = pool.committed(ROOT, "a", 100);
        long other = pool.file(ROOT, "b");
        pool.apply(new Op.SetXattr(file, new byte[] {'x'}, new byte[] {1}, 5));
        pool.metadata.alter(writer -> writer.putPending(file, new PendingExtent(FIRST_TEN, null)));
        refused(Reason.INVALID, () -> pool.apply(new Op.Reap(List.of(file))));
        pool.unlink(ROOT, "a");
        pool.unlink(ROOT, "b");

        refused(Reason.INVALID, () -> pool.apply(new Op.Reap(List.of(file, file))));
        refused(Reason.INVALID, () -> pool.apply(new Op.Reap(List.of())));
        refused(Reason.NOT_FOUND, () -> pool.apply(new Op.Reap(List.of(file, 99L))));
        pool.apply(new Op.Reap(List.of(file, other)));
        assertThat(pool.exists(file)).isFalse();
        assertThat(pool.exists(other)).isFalse();
        assertThat(pool.metadata.<Long>read(MetadataReader::inodeCount)).isEqualTo(1);
        assertThat(garbage()).hasSize(1);
        assertThat(pool.metadata.<Boolean>read(
                        reader -> reader.committedOrphanOf(at(ROOT, "a")) == null && reader.orphan(file) == null))
                .isTrue();
        pool.metadata.look(reader -> {
            assertThat(reader.xattrNames(file)).isEmpty();
            assertThat(reader.pendingExtents(file, 0, 100)).isEmpty();
        });
    }

    @Test
    void reap_ofADirectory_isPossible() throws PoolException {
        long directory = pool.directory(ROOT, "d");
        pool.apply(new Op.RemoveDirectory(at(ROOT, "d"), 5));
        pool.apply(new Op.Reap(List.of(directory)));

        assertThat(pool.exists(directory)).isFalse();
    }

    @Test
    void repoint_movesOnlyWhatStillPointsToTheOldChunk() throws PoolException {
        long file = pool.committed(ROOT, "a", 100);
        ChunkId old = pool.extents(file).get(0).piece().chunk();
        Extent written = pool.newChunk(20, 40);
        pool.commit(file, 1, 100, List.of(), written);
        ChunkId young = new ChunkId(8, 8);
        pool.apply(
                new Op.AddChunk(MetadataFixture.chunk(young, 100)),
                new Op.Repoint(file, old, List.of(extent(young, 0, 100, 0))));

        List<Extent> extents = pool.extents(file);
        assertThat(extents)
                .extracting(e -> e.piece().chunk())
                .containsExactly(young, written.piece().chunk(), young);
        assertThat(extents.get(2).chunkOffset()).isEqualTo(60);
        assertThat(pool.inode(file).version()).isEqualTo(2);
        assertThat(garbage()).extracting(item -> item.chunk().id()).containsExactly(old);
    }

    @Test
    void references_nameEveryExtentOfAChunk() throws PoolException {
        long first = pool.committed(ROOT, "a", 100);
        long second = pool.file(ROOT, "b");
        ChunkId chunk = pool.extents(first).get(0).piece().chunk();
        pool.commit(second, 0, 30, List.of(), extent(chunk, 10, 10, 0), extent(chunk, 20, 10, 20));
        List<MetadataReader.Reference> references = new ArrayList<>();
        pool.metadata.look(reader -> reader.references(chunk, references::add));

        assertThat(references).extracting(MetadataReader.Reference::inode).containsExactly(first, second, second);
        assertThat(use(chunk)).isEqualTo(new long[] {3, 120});
    }

    @Test
    void setXattr_andAttributes_areKept() throws PoolException {
        long file = pool.file(ROOT, "a");
        byte[] name = {'u'};
        pool.apply(new Op.SetXattr(file, name, new byte[] {1}, 5));
        pool.apply(new Op.SetXattr(file, name, new byte[] {2}, 6));
        pool.apply(new Op.SetAttributes(file, 0600, 1, null, 3L, 4L, 7));

        Inode inode = pool.inode(file);
        assertThat(inode.mode()).isEqualTo(0100600);
        assertThat(inode.owner()).isEqualTo(1);
        assertThat(inode.group()).isEqualTo(20);
        assertThat(inode.accessNanos()).isEqualTo(3);
        assertThat(inode.modifyNanos()).isEqualTo(4);
        assertThat(inode.changeNanos()).isEqualTo(7);
        assertThat(pool.metadata.<byte[]>read(reader -> reader.xattr(file, name)))
                .containsExactly(2);
        pool.apply(new Op.SetXattr(file, name, null, 8));
        refused(Reason.NO_ATTRIBUTE, () -> pool.apply(new Op.SetXattr(file, name, null, 9)));
        refused(Reason.TOO_LARGE, () -> pool.apply(new Op.SetXattr(file, name, new byte[65537], 9)));
        refused(Reason.INVALID, () -> pool.apply(new Op.SetXattr(file, new byte[0], new byte[1], 9)));
        refused(Reason.INVALID, () -> pool.apply(new Op.SetXattr(file, new byte[256], new byte[1], 9)));
        refused(Reason.INVALID, () -> pool.apply(new Op.SetAttributes(file, 0100644, null, null, null, null, 9)));
        refused(Reason.NOT_FOUND, () -> pool.apply(new Op.SetAttributes(55, 0, null, null, null, null, 9)));
    }

    @Test
    void setMembers_isKept_andNonsenseRefused() throws PoolException {
        Op.Member member = new Op.Member(MetadataFixture.REMOTE, "disk:", true);
        pool.apply(new Op.SetMembers(List.of(member), 1));

        assertThat(pool.metadata.<MetadataReader.Members>read(MetadataReader::members))
                .isEqualTo(new MetadataReader.Members(List.of(member), 1));
        refused(Reason.INVALID, () -> pool.apply(new Op.SetMembers(List.of(member), 2)));
        refused(Reason.INVALID, () -> pool.apply(new Op.SetMembers(List.of(member), 0)));
        refused(Reason.INVALID, () -> pool.apply(new Op.SetMembers(List.of(member, member), 1)));
        refused(Reason.INVALID, () -> pool.apply(new Op.SetMembers(List.of(), 0)));
    }

    @Test
    void pendingExtents_layOverEachOtherAndAreCut_withoutARecord() throws PoolException {
        long file = pool.file(ROOT, "a");
        long transaction = pool.metadata.lastTransaction();
        Extent extent = extent(new ChunkId(6, 6), 0, 100, 0);
        pool.metadata.alter(writer -> {
            writer.putPendingChunk(MetadataFixture.chunk(new ChunkId(6, 6), 100));
            writer.putPending(file, new PendingExtent(extent.fileRange(), extent));
            writer.putPending(file, new PendingExtent(new ByteRange(40, 10), null));
            writer.dropPending(file, new ByteRange(90, 1000));
        });

        assertThat(pool.metadata.<List<PendingExtent>>read(reader -> reader.pendingExtents(file, 0, 1000)))
                .containsExactly(
                        new PendingExtent(ByteRange.between(0, 40), extent.narrow(0, 40)),
                        new PendingExtent(ByteRange.between(40, 50), null),
                        new PendingExtent(ByteRange.between(50, 90), extent.narrow(50, 90)));
        assertThat(pool.metadata.lastTransaction()).isEqualTo(transaction);
        assertThat(pool.log.transactions()).hasSize(1);
        List<ChunkId> pending = new ArrayList<>();
        pool.metadata.look(reader -> reader.pendingChunks(chunk -> pending.add(chunk.id())));
        assertThat(pending).containsExactly(new ChunkId(6, 6));
        refused(
                Reason.INVALID,
                () -> pool.metadata.alter(
                        writer -> writer.putPending(file, new PendingExtent(new ByteRange(1, 5), extent))));
        pool.metadata.alter(writer -> {
            writer.dropPending(file, new ByteRange(0, 1000));
            writer.dropPendingChunk(new ChunkId(6, 6));
        });
        assertThat(pool.metadata.<Chunk>read(reader -> reader.pendingChunk(new ChunkId(6, 6))))
                .isNull();
    }

    @Test
    void outcome_isKeptUntilDropped_inTheSameTransaction() throws PoolException {
        RequestId request = new RequestId(-1, -2);
        refused(
                Reason.INVALID,
                () -> pool.metadata.alter(writer -> {
                    writer.putOutcome(request, new byte[] {1});
                    throw new PoolException(Reason.INVALID, "no");
                }));
        pool.metadata.alter(writer -> {
            assertThat(writer.outcome(request)).isNull();
            writer.putOutcome(request, new byte[] {2});
        });
        pool.metadata.alter(writer -> {
            assertThat(writer.outcome(request)).containsExactly(2);
            writer.dropOutcome(request);
        });
        pool.metadata.alter(writer -> assertThat(writer.outcome(request)).isNull());
    }

    @Test
    void replay_ofWhatDoesNotFit_isCorruptAndChangesNothing() throws PoolException {
        pool.file(ROOT, "a");

        refused(
                Reason.CORRUPT,
                () -> pool.metadata.replay(new Transaction(3, 1, List.of(new Op.Unlink(at(ROOT, "a"), 1)))));
        refused(
                Reason.CORRUPT,
                () -> pool.metadata.replay(new Transaction(
                        2, 1, List.of(new Op.Unlink(at(ROOT, "a"), 1), new Op.Unlink(at(ROOT, "x"), 1)))));
        assertThat(pool.lookup(ROOT, "a")).isPositive();
        assertThat(pool.metadata.lastTransaction()).isEqualTo(1);
        pool.metadata.replay(new Transaction(2, 1, List.of(new Op.Unlink(at(ROOT, "a"), 1))));
        assertThat(pool.metadata.lastTransaction()).isEqualTo(2);
    }

    private long[] use(ChunkId id) throws PoolException {
        long[] use = new long[2];
        pool.metadata.look(reader -> reader.chunks(item -> {
            if (item.chunk().id().equals(id)) {
                use[0] = item.references();
                use[1] = item.liveBytes();
            }
            return true;
        }));
        return use;
    }

    private List<Long> uncommitted() throws PoolException {
        List<Long> found = new ArrayList<>();
        pool.metadata.look(reader -> reader.uncommitted(inode -> found.add(inode.number())));
        return found;
    }

    private List<MetadataReader.GarbageChunk> garbage() throws PoolException {
        List<MetadataReader.GarbageChunk> found = new ArrayList<>();
        pool.metadata.look(reader -> reader.garbage(found::add));
        return found;
    }

    private MetadataReader.Usage usage() throws PoolException {
        return pool.metadata.read(MetadataReader::usage).get(MetadataFixture.REMOTE);
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PoolException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }
}
