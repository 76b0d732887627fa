package io.poolfs.core.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.fs.PoolFileSystem.RenameMode;
import io.poolfs.core.meta.Dentry;
import io.poolfs.core.meta.MetadataFixture;
import io.poolfs.core.meta.MetadataReader.Displaced;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamespaceTest {
    private static final Caller CALLER = new Caller(1000, 100);
    private static final int FILE = FileType.REGULAR.modeBits() | 0644;

    private MetadataFixture fixture;
    private Namespace namespace;
    private long shipped;
    private final List<Long> lost = new ArrayList<>();

    @BeforeEach
    void open() throws PoolException {
        fixture = new MetadataFixture();
        namespace = new Namespace(fixture.metadata, () -> shipped, inode -> lost.add(inode.number()));
    }

    @AfterEach
    void close() throws PoolException {
        fixture.close();
    }

    @Test
    void rename_uncommittedOverCommitted_displaces() throws PoolException {
        long old = fixture.committed(Inode.ROOT, "name", 10);
        long fresh = create("temporary");

        namespace.rename(null, at("temporary"), at("name"), RenameMode.REPLACE);

        assertThat(displacedBy(fresh)).containsExactly(new Displaced(fresh, at("name"), old));
        assertThat(lost).containsExactly(old);
    }

    @Test
    void rename_committedOverCommitted_displacesNothing() throws PoolException {
        fixture.committed(Inode.ROOT, "name", 10);
        long fresh = fixture.committed(Inode.ROOT, "temporary", 10);

        namespace.rename(null, at("temporary"), at("name"), RenameMode.REPLACE);

        assertThat(displacedBy(fresh)).isEmpty();
    }

    @Test
    void create_afterUnlinkThatIsNotShipped_displaces() throws PoolException {
        long old = fixture.committed(Inode.ROOT, "name", 10);
        namespace.unlink(null, at("name"));

        long fresh = create("name");

        assertThat(displacedBy(fresh)).containsExactly(new Displaced(fresh, at("name"), old));
    }

    @Test
    void create_afterUnlinkThatIsShipped_displacesNothing() throws PoolException {
        fixture.committed(Inode.ROOT, "name", 10);
        namespace.unlink(null, at("name"));
        shipped = fixture.metadata.lastTransaction();

        assertThat(displacedBy(create("name"))).isEmpty();
    }

    @Test
    void rename_uncommittedToNameUnlinkedBefore_displaces() throws PoolException {
        long old = fixture.committed(Inode.ROOT, "name", 10);
        long fresh = create("temporary");
        namespace.unlink(null, at("name"));

        namespace.rename(null, at("temporary"), at("name"), RenameMode.REPLACE);

        assertThat(displacedBy(fresh)).containsExactly(new Displaced(fresh, at("name"), old));
    }

    @Test
    void rename_overUncommittedDisplacer_keepsTheWayBack() throws PoolException {
        long old = fixture.committed(Inode.ROOT, "name", 10);
        create("first");
        namespace.rename(null, at("first"), at("name"), RenameMode.REPLACE);
        long second = create("second");

        namespace.rename(null, at("second"), at("name"), RenameMode.REPLACE);

        assertThat(displacedBy(second)).containsExactly(new Displaced(second, at("name"), old));
    }

    @Test
    void rename_exchangeOfCommittedWithUncommitted_keepsTheWayBack() throws PoolException {
        long old = fixture.committed(Inode.ROOT, "old", 10);
        long fresh = create("fresh");

        namespace.rename(null, at("old"), at("fresh"), RenameMode.EXCHANGE);

        assertThat(entry("old").inode()).isEqualTo(fresh);
        assertThat(entry("fresh").inode()).isEqualTo(old);
        assertThat(displacedBy(fresh)).containsExactly(new Displaced(fresh, at("old"), old));
    }

    @Test
    void rename_ontoAnotherLinkOfTheSameInode_changesNothing() throws PoolException {
        long inode = create("one");
        namespace.link(null, inode, at("two"));
        long before = fixture.metadata.lastTransaction();

        namespace.rename(null, at("one"), at("two"), RenameMode.REPLACE);

        assertThat(fixture.metadata.lastTransaction()).isEqualTo(before);
        assertThat(entry("one")).isNotNull();
    }

    @Test
    void unlink_oneOfTwoNames_tellsNobody() throws PoolException {
        long inode = create("one");
        namespace.link(null, inode, at("two"));

        namespace.unlink(null, at("one"));
        assertThat(lost).isEmpty();

        namespace.unlink(null, at("two"));
        assertThat(lost).containsExactly(inode);
    }

    @Test
    void create_sameRequestTwice_isExecutedOnce() throws PoolException {
        RequestId request = new RequestId(1, 2);
        long first = namespace.create(request, CALLER, at("name"), FILE, 0, null);
        long again = namespace.create(request, CALLER, at("name"), FILE, 0, null);

        assertThat(again).isEqualTo(first);
    }

    @Test
    void create_inSetGroupDirectory_inheritsTheGroup() throws PoolException {
        long directory =
                namespace.create(null, new Caller(0, 50), at("d"), FileType.DIRECTORY.modeBits() | 02775, 0, null);

        long file = namespace.create(null, CALLER, new Op.Place(directory, FileName.of("f")), FILE, 0, null);
        long below = namespace.create(
                null,
                CALLER,
                new Op.Place(directory, FileName.of("sub")),
                FileType.DIRECTORY.modeBits() | 0755,
                0,
                null);

        assertThat(inode(file).group()).isEqualTo(50);
        assertThat(inode(below).mode() & 07777).isEqualTo(02755);
    }

    @Test
    void create_existingName_isRefused() throws PoolException {
        create("name");
        assertReason(() -> create("name"), Reason.EXISTS);
    }

    @Test
    void rename_noReplaceOntoExisting_isRefused() throws PoolException {
        create("one");
        create("two");
        assertReason(() -> namespace.rename(null, at("one"), at("two"), RenameMode.NO_REPLACE), Reason.EXISTS);
    }

    @Test
    void unlink_directory_isRefused() throws PoolException {
        fixture.directory(Inode.ROOT, "d");
        assertReason(() -> namespace.unlink(null, at("d")), Reason.IS_DIRECTORY);
    }

    @Test
    void link_directory_isRefused() throws PoolException {
        long directory = fixture.directory(Inode.ROOT, "d");
        assertReason(() -> namespace.link(null, directory, at("e")), Reason.NOT_PERMITTED);
    }

    private long create(String name) throws PoolException {
        return namespace.create(null, CALLER, at(name), FILE, 0, null);
    }

    private List<Displaced> displacedBy(long inode) throws PoolException {
        return fixture.metadata.read(reader -> reader.displacedBy(inode));
    }

    private Inode inode(long number) throws PoolException {
        return fixture.metadata.read(reader -> reader.requireInode(number));
    }

    private Dentry entry(String name) throws PoolException {
        return fixture.metadata.read(reader -> reader.entry(Inode.ROOT, FileName.of(name)));
    }

    private static Op.Place at(String name) throws PoolException {
        return new Op.Place(Inode.ROOT, FileName.of(name));
    }

    private interface Step {
        void run() throws PoolException;
    }

    private static void assertReason(Step step, Reason reason) {
        assertThatThrownBy(step::run)
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
