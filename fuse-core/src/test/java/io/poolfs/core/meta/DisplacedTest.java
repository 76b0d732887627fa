package io.poolfs.core.meta;

import static io.poolfs.core.meta.MetadataFixture.at;
import static io.poolfs.core.model.Inode.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DisplacedTest {
    private static final int FILE = FileType.REGULAR.modeBits() | 0644;

    private MetadataFixture pool;
    private long committed;

    @BeforeEach
    void open() throws PoolException {
        pool = new MetadataFixture();
        committed = pool.committed(ROOT, "f", 10);
    }

    @AfterEach
    void close() throws PoolException {
        assertThat(MetadataCheck.run(pool.metadata)).isEmpty();
        pool.close();
    }

    @Test
    void create_afterAnUnlink_holdsWhatItDisplaces() throws PoolException {
        pool.unlink(ROOT, "f");
        long young = pool.create(ROOT, "f", FILE, committed);

        assertThat(displaced()).containsExactly(new MetadataReader.Displaced(young, at(ROOT, "f"), committed));
        assertThatThrownBy(() -> pool.apply(new Op.Reap(List.of(committed))))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY));
    }

    @Test
    void rename_over_holdsWhatItDisplaces_untilContentIsCommitted() throws PoolException {
        long young = pool.file(ROOT, "tmp");
        pool.rename(ROOT, "tmp", ROOT, "f", false, committed);
        assertThat(displaced()).containsExactly(new MetadataReader.Displaced(young, at(ROOT, "f"), committed));
        pool.commit(young, 0, 0, List.of());

        assertThat(displaced()).isEmpty();
        pool.apply(new Op.Reap(List.of(committed)));
    }

    @Test
    void rename_overADisplacer_takesItsWayBackOver() throws PoolException {
        long first = pool.file(ROOT, "tmp1");
        pool.rename(ROOT, "tmp1", ROOT, "f", false, committed);
        long second = pool.file(ROOT, "tmp2");
        pool.rename(ROOT, "tmp2", ROOT, "f");

        assertThat(displaced()).containsExactly(new MetadataReader.Displaced(second, at(ROOT, "f"), committed));
        pool.apply(new Op.Reap(List.of(first)));
    }

    @Test
    void rename_overADisplacer_byCommittedContent_dropsTheWayBack() throws PoolException {
        pool.unlink(ROOT, "f");
        pool.create(ROOT, "f", FILE, committed);
        pool.committed(ROOT, "done", 10);
        pool.rename(ROOT, "done", ROOT, "f");

        assertThat(displaced()).isEmpty();
    }

    @Test
    void rename_ofTheDisplacer_movesTheWayBack() throws PoolException {
        long directory = pool.directory(ROOT, "d");
        pool.unlink(ROOT, "f");
        long young = pool.create(ROOT, "f", FILE, committed);
        pool.rename(ROOT, "f", directory, "g");

        assertThat(displaced()).containsExactly(new MetadataReader.Displaced(young, at(directory, "g"), committed));
        pool.file(ROOT, "other");
        pool.rename(directory, "g", ROOT, "other", true, 0);
        assertThat(displaced()).containsExactly(new MetadataReader.Displaced(young, at(ROOT, "other"), committed));
    }

    @Test
    void rename_exchange_withCommittedContent_canHoldIt() throws PoolException {
        long young = pool.file(ROOT, "tmp");
        pool.rename(ROOT, "tmp", ROOT, "f", true, committed);
        pool.unlink(ROOT, "tmp");

        assertThat(displaced()).containsExactly(new MetadataReader.Displaced(young, at(ROOT, "f"), committed));
    }

    @Test
    void unlink_ofTheDisplacer_dropsTheWayBack() throws PoolException {
        pool.unlink(ROOT, "f");
        pool.create(ROOT, "f", FILE, committed);
        pool.unlink(ROOT, "f");

        assertThat(displaced()).isEmpty();
        assertThat(pool.metadata
                        .<MetadataReader.Orphan>read(reader -> reader.committedOrphanOf(at(ROOT, "f")))
                        .inode())
                .isEqualTo(committed);
    }

    @Test
    void restore_givesTheNameBack() throws PoolException {
        pool.unlink(ROOT, "f");
        long young = pool.create(ROOT, "f", FILE, committed);
        pool.apply(new Op.Restore(at(ROOT, "f"), young, committed, 99));

        assertThat(pool.lookup(ROOT, "f")).isEqualTo(committed);
        assertThat(pool.inode(committed).links()).isEqualTo(1);
        assertThat(pool.inode(young).links()).isZero();
        assertThat(displaced()).isEmpty();
        assertThat(pool.metadata.<Boolean>read(
                        reader -> reader.orphan(committed) == null && reader.committedOrphanOf(at(ROOT, "f")) == null))
                .isTrue();
    }

    @Test
    void restore_ofAFileWithOtherNames_addsTheName() throws PoolException {
        pool.apply(new Op.Link(committed, at(ROOT, "other"), 5, 0));
        long young = pool.file(ROOT, "tmp");
        pool.rename(ROOT, "tmp", ROOT, "f", false, committed);
        assertThat(pool.inode(committed).links()).isEqualTo(1);
        pool.apply(new Op.Restore(at(ROOT, "f"), young, committed, 99));

        assertThat(pool.inode(committed).links()).isEqualTo(2);
    }

    @Test
    void restore_ofWhatWasNotDisplaced_isRefused() throws PoolException {
        long other = pool.file(ROOT, "other");

        assertThatThrownBy(() -> pool.apply(new Op.Restore(at(ROOT, "other"), other, committed, 99)))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
    }

    @Test
    void displacing_whatHasNoContent_isRefused() throws PoolException {
        long uncommitted = pool.file(ROOT, "u");
        long directory = pool.directory(ROOT, "d");
        for (long wrong : new long[] {uncommitted, directory}) {
            assertThatThrownBy(() -> pool.create(ROOT, "x", FILE, wrong))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
        }
        assertThatThrownBy(() -> pool.create(ROOT, "x", FileType.FIFO.modeBits() | 0644, committed))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
    }

    private List<MetadataReader.Displaced> displaced() throws PoolException {
        List<MetadataReader.Displaced> found = new ArrayList<>();
        pool.metadata.look(reader -> reader.displaced(found::add));
        for (MetadataReader.Displaced item : found) {
            pool.metadata.look(reader -> {
                assertThat(reader.displacedBy(item.displacer())).contains(item);
                assertThat(reader.isHeldAsDisplaced(item.inode())).isTrue();
            });
        }
        return found;
    }
}
