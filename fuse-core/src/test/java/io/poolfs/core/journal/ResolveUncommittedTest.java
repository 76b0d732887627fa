package io.poolfs.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.journal.ResolveUncommitted.Outcome;
import io.poolfs.core.journal.ResolveUncommitted.What;
import io.poolfs.core.meta.MetadataFixture;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResolveUncommittedTest {
    private static final int DIRECTORY = FileType.DIRECTORY.modeBits() | 0755;
    private static final int FILE = FileType.REGULAR.modeBits() | 0644;

    private MetadataFixture pool;

    @BeforeEach
    void open() throws Exception {
        pool = new MetadataFixture();
    }

    @AfterEach
    void close() throws Exception {
        pool.close();
    }

    @Test
    void run_neverCommitted_isRemovedFromAllItsNames() throws Exception {
        long directory = pool.create(Inode.ROOT, "dir", DIRECTORY);
        long file = pool.create(directory, "new", FILE);
        pool.apply(new Op.Link(file, place(Inode.ROOT, "second"), 5, 0));

        List<Outcome> outcomes = ResolveUncommitted.run(pool.metadata, inode -> false);
        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        new Outcome("/dir/new", file, What.REMOVED), new Outcome("/second", file, What.REMOVED));
        assertThat(inodeAt(directory, "new")).isZero();
        assertThat(inodeAt(Inode.ROOT, "second")).isZero();
        assertThat(ResolveUncommitted.run(pool.metadata, inode -> false)).isEmpty();
    }

    @Test
    void run_displacedCommittedContent_hasItsNameAgain() throws Exception {
        long old = pool.create(Inode.ROOT, "name", FILE);
        commitEmpty(old);
        long fresh = pool.create(Inode.ROOT, "draft", FILE);
        pool.apply(new Op.Rename(place(Inode.ROOT, "draft"), place(Inode.ROOT, "name"), 9, false, old));

        List<Outcome> outcomes = ResolveUncommitted.run(pool.metadata, inode -> false);
        assertThat(outcomes).containsExactly(new Outcome("/name", fresh, What.RESTORED));
        assertThat(inodeAt(Inode.ROOT, "name")).isEqualTo(old);
    }

    @Test
    void run_contentSurvivesInTheStage_staysAsItIs() throws Exception {
        long kept = pool.create(Inode.ROOT, "kept", FILE);
        long lost = pool.create(Inode.ROOT, "lost", FILE);

        assertThat(ResolveUncommitted.preview(pool.metadata, inode -> inode == kept))
                .containsExactly(new Outcome("/lost", lost, What.REMOVED));
        assertThat(inodeAt(Inode.ROOT, "lost")).isEqualTo(lost);
        assertThat(ResolveUncommitted.run(pool.metadata, inode -> inode == kept))
                .hasSize(1);
        assertThat(inodeAt(Inode.ROOT, "kept")).isEqualTo(kept);
        assertThat(inodeAt(Inode.ROOT, "lost")).isZero();
    }

    private void commitEmpty(long inode) throws PoolException {
        pool.apply(new Op.CommitContent(inode, 0, 0, 1, 1, null, List.of(), List.of()));
    }

    private long inodeAt(long parent, String name) throws PoolException {
        return pool.metadata.read(reader -> {
            var entry = reader.entry(parent, FileName.of(name));
            return entry == null ? 0L : entry.inode();
        });
    }

    private static Op.Place place(long parent, String name) throws PoolException {
        return new Op.Place(parent, FileName.of(name));
    }
}
