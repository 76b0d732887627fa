package io.poolfs.core.meta;

import static io.poolfs.core.meta.MetadataFixture.at;
import static io.poolfs.core.model.Inode.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamespaceOpsTest {
    private MetadataFixture pool;

    @BeforeEach
    void open() throws PoolException {
        pool = new MetadataFixture();
    }

    @AfterEach
    void close() throws PoolException {
        pool.close();
    }

    @Test
    void open_anEmptyStore_hasARootAndNoTransaction() throws PoolException {
        Inode root = pool.inode(ROOT);

        assertThat(root.isDirectory()).isTrue();
        assertThat(root.links()).isEqualTo(2);
        assertThat(pool.metadata.lastTransaction()).isZero();
        assertThat(pool.metadata.<Long>read(MetadataReader::nextInode)).isEqualTo(2);
        assertThat(pool.metadata.<Long>read(MetadataReader::inodeCount)).isEqualTo(1);
    }

    @Test
    void create_file_hasItsAttributesAndChangesTheParent() throws PoolException {
        long file = pool.file(ROOT, "a");

        Inode inode = pool.inode(file);
        assertThat(inode.mode()).isEqualTo(0100644);
        assertThat(inode.owner()).isEqualTo(10);
        assertThat(inode.group()).isEqualTo(20);
        assertThat(inode.links()).isEqualTo(1);
        assertThat(inode.version()).isZero();
        assertThat(inode.modifyNanos()).isEqualTo(inode.birthNanos()).isPositive();
        Inode root = pool.inode(ROOT);
        assertThat(root.modifyNanos()).isEqualTo(inode.birthNanos());
        assertThat(root.changeNanos()).isEqualTo(inode.birthNanos());
        assertThat(root.links()).isEqualTo(2);
        assertThat(pool.lookup(ROOT, "a")).isEqualTo(file);
        assertThat(pool.metadata.<List<Op.Place>>read(reader -> reader.places(file)))
                .containsExactly(at(ROOT, "a"));
        assertThat(pool.log.transactions()).hasSize(1);
        assertThat(pool.metadata.lastTransaction()).isEqualTo(1);
    }

    @Test
    void create_directory_raisesTheParentsLinks() throws PoolException {
        long directory = pool.directory(ROOT, "d");

        assertThat(pool.inode(directory).links()).isEqualTo(2);
        assertThat(pool.inode(ROOT).links()).isEqualTo(3);
        assertThat(pool.metadata.<Long>read(reader -> reader.parentOf(directory)))
                .isEqualTo(ROOT);
    }

    @Test
    void create_impossible_isRefusedAndChangesNothing() throws PoolException {
        long file = pool.file(ROOT, "a");
        long next = pool.metadata.<Long>read(MetadataReader::nextInode);

        refused(Reason.EXISTS, () -> pool.file(ROOT, "a"));
        refused(Reason.NOT_FOUND, () -> pool.file(99, "b"));
        refused(Reason.NOT_DIRECTORY, () -> pool.file(file, "b"));
        refused(Reason.INVALID, () -> pool.create(ROOT, "b", 0644));
        refused(Reason.INVALID, () -> pool.apply(create("b", file, 0100644, null)));
        refused(Reason.INVALID, () -> pool.apply(create("b", next, 0120777, null)));
        refused(Reason.INVALID, () -> pool.apply(create("b", next, 0100644, new byte[] {1})));
        refused(Reason.INVALID, () -> pool.create(ROOT, "b", 0100644, file));
        assertThat(pool.metadata.<Long>read(MetadataReader::nextInode)).isEqualTo(next);
        assertThat(pool.log.transactions()).hasSize(1);
    }

    private static Op.Create create(String name, long inode, int mode, byte[] target) throws PoolException {
        return new Op.Create(at(ROOT, name), inode, mode, 0, 0, 0, target, 5, 0);
    }

    @Test
    void create_withMoreLinksThanPossible_isRefused() throws PoolException {
        long file = pool.file(ROOT, "a");
        pool.store.write(
                writer -> {
                    InodeRecord record = InodeRecord.decode(file, writer.get(Keys.of(Keys.INODE, file)));
                    record.links = NamespaceOps.MAX_LINKS;
                    writer.put(Keys.of(Keys.INODE, file), record.encode());
                    return "";
                },
                KeyValueStore.CommitHook.NONE);

        refused(Reason.TOO_MANY_LINKS, () -> pool.apply(new Op.Link(file, at(ROOT, "b"), 5, 0)));
    }

    @Test
    void change_afterARefusal_goesOn() throws PoolException {
        pool.file(ROOT, "a");
        pool.metadata.change(writer -> {
            assertThatThrownBy(() -> writer.apply(new Op.Unlink(at(ROOT, "x"), 1)))
                    .isInstanceOf(PoolException.class);
            writer.apply(new Op.Unlink(at(ROOT, "a"), 2));
            return "";
        });

        assertThat(pool.lookup(ROOT, "a")).isZero();
        assertThat(pool.log.transactions().get(1).ops()).containsExactly(new Op.Unlink(at(ROOT, "a"), 2));
    }

    @Test
    void change_withoutOps_makesNoRecord() throws PoolException {
        long next = pool.metadata.<Long>change(MetadataReader::nextInode);

        assertThat(next).isEqualTo(2);
        assertThat(pool.log.transactions()).isEmpty();
    }

    @Test
    void change_thatTheLogRefuses_isNotCommitted() throws PoolException {
        pool.log.refuse(new PoolException(Reason.FENCED, "another mount writes"));
        refused(Reason.FENCED, () -> pool.file(ROOT, "a"));
        pool.log.refuse(null);

        assertThat(pool.lookup(ROOT, "a")).isZero();
        assertThat(pool.metadata.lastTransaction()).isZero();
        assertThat(pool.log.aborted()).isEmpty();
        pool.file(ROOT, "a");
        assertThat(pool.log.transactions().get(0).id()).isEqualTo(1);
    }

    @Test
    void link_givesASecondName() throws PoolException {
        long directory = pool.directory(ROOT, "d");
        long file = pool.file(ROOT, "a");
        pool.apply(new Op.Link(file, at(directory, "b"), 77, 0));
        pool.apply(new Op.Link(file, at(directory, "c"), 78, 0));

        assertThat(pool.inode(file).links()).isEqualTo(3);
        assertThat(pool.inode(file).changeNanos()).isEqualTo(78);
        assertThat(pool.metadata.<List<Op.Place>>read(reader -> reader.places(file)))
                .containsExactlyInAnyOrder(at(ROOT, "a"), at(directory, "b"), at(directory, "c"));

        pool.unlink(ROOT, "a");
        assertThat(pool.metadata.<List<Op.Place>>read(reader -> reader.places(file)))
                .containsExactlyInAnyOrder(at(directory, "b"), at(directory, "c"));
        pool.unlink(directory, "c");
        pool.rename(directory, "b", ROOT, "e");
        assertThat(pool.metadata.<List<Op.Place>>read(reader -> reader.places(file)))
                .containsExactly(at(ROOT, "e"));
        assertThat(pool.inode(file).links()).isEqualTo(1);
    }

    @Test
    void link_impossible_isRefused() throws PoolException {
        long directory = pool.directory(ROOT, "d");
        long file = pool.file(ROOT, "a");
        long gone = pool.file(ROOT, "gone");
        pool.unlink(ROOT, "gone");

        refused(Reason.NOT_PERMITTED, () -> pool.apply(new Op.Link(directory, at(ROOT, "x"), 1, 0)));
        refused(Reason.EXISTS, () -> pool.apply(new Op.Link(file, at(ROOT, "d"), 1, 0)));
        refused(Reason.NOT_FOUND, () -> pool.apply(new Op.Link(gone, at(ROOT, "x"), 1, 0)));
        refused(Reason.NOT_FOUND, () -> pool.apply(new Op.Link(999, at(ROOT, "x"), 1, 0)));
        refused(Reason.NOT_DIRECTORY, () -> pool.apply(new Op.Link(file, at(file, "x"), 1, 0)));
    }

    @Test
    void unlink_ofTheLastName_makesAnOrphanOfThatPlace() throws PoolException {
        long file = pool.committed(ROOT, "a", 10);
        pool.unlink(ROOT, "a");

        long transaction = pool.metadata.lastTransaction();
        MetadataReader.Orphan expected = new MetadataReader.Orphan(file, at(ROOT, "a"), transaction);
        assertThat(pool.inode(file).links()).isZero();
        assertThat(pool.metadata.<MetadataReader.Orphan>read(reader -> reader.orphan(file)))
                .isEqualTo(expected);
        assertThat(pool.metadata.<MetadataReader.Orphan>read(reader -> reader.committedOrphanOf(at(ROOT, "a"))))
                .isEqualTo(expected);
        assertThat(pool.metadata.<List<Op.Place>>read(reader -> reader.places(file)))
                .isEmpty();
    }

    @Test
    void unlink_impossible_isRefused() throws PoolException {
        pool.directory(ROOT, "d");

        refused(Reason.NOT_FOUND, () -> pool.unlink(ROOT, "a"));
        refused(Reason.IS_DIRECTORY, () -> pool.unlink(ROOT, "d"));
    }

    @Test
    void removeDirectory_takesItAwayAndKeepsAnOrphan() throws PoolException {
        long directory = pool.directory(ROOT, "d");
        pool.file(directory, "a");
        Op remove = new Op.RemoveDirectory(at(ROOT, "d"), 50);

        refused(Reason.NOT_EMPTY, () -> pool.apply(remove));
        pool.unlink(directory, "a");
        pool.apply(remove);
        assertThat(pool.lookup(ROOT, "d")).isZero();
        assertThat(pool.inode(directory).links()).isZero();
        assertThat(pool.inode(ROOT).links()).isEqualTo(2);
        refused(Reason.NOT_FOUND, () -> pool.file(directory, "b"));
        assertThat(pool.metadata.<Long>read(reader -> reader.parentOf(directory)))
                .isEqualTo(ROOT);

        pool.file(ROOT, "f");
        refused(Reason.NOT_DIRECTORY, () -> pool.apply(new Op.RemoveDirectory(at(ROOT, "f"), 50)));
        refused(Reason.NOT_FOUND, () -> pool.apply(new Op.RemoveDirectory(at(ROOT, "x"), 50)));
    }

    @Test
    void rename_toAFreeName_movesIt() throws PoolException {
        long directory = pool.directory(ROOT, "d");
        long file = pool.file(ROOT, "a");
        pool.rename(ROOT, "a", directory, "b");

        assertThat(pool.lookup(ROOT, "a")).isZero();
        assertThat(pool.lookup(directory, "b")).isEqualTo(file);
        assertThat(pool.inode(file).links()).isEqualTo(1);
        assertThat(pool.inode(file).changeNanos())
                .isEqualTo(pool.inode(ROOT).changeNanos())
                .isEqualTo(pool.inode(directory).modifyNanos());
    }

    @Test
    void rename_ofADirectory_movesItsLinkToTheNewParent() throws PoolException {
        long from = pool.directory(ROOT, "from");
        long to = pool.directory(ROOT, "to");
        long moved = pool.directory(from, "m");
        pool.rename(from, "m", to, "m");

        assertThat(pool.inode(from).links()).isEqualTo(2);
        assertThat(pool.inode(to).links()).isEqualTo(3);
        assertThat(pool.metadata.<Long>read(reader -> reader.parentOf(moved))).isEqualTo(to);
        pool.apply(new Op.RemoveDirectory(at(ROOT, "from"), 50));
    }

    @Test
    void rename_overAFile_makesItAnOrphan() throws PoolException {
        long old = pool.file(ROOT, "old");
        long young = pool.file(ROOT, "young");
        pool.rename(ROOT, "young", ROOT, "old");

        assertThat(pool.lookup(ROOT, "old")).isEqualTo(young);
        assertThat(pool.lookup(ROOT, "young")).isZero();
        assertThat(pool.inode(old).links()).isZero();
        assertThat(pool.metadata.<MetadataReader.Orphan>read(reader -> reader.orphan(old)))
                .isEqualTo(new MetadataReader.Orphan(old, at(ROOT, "old"), pool.metadata.lastTransaction()));
    }

    @Test
    void rename_overAnEmptyDirectory_replacesIt() throws PoolException {
        long old = pool.directory(ROOT, "old");
        long young = pool.directory(ROOT, "young");
        pool.file(young, "content");
        pool.rename(ROOT, "young", ROOT, "old");

        assertThat(pool.lookup(ROOT, "old")).isEqualTo(young);
        assertThat(pool.inode(old).links()).isZero();
        assertThat(pool.inode(ROOT).links()).isEqualTo(3);
        pool.directory(ROOT, "third");
        refused(Reason.NOT_EMPTY, () -> pool.rename(ROOT, "third", ROOT, "old"));
    }

    @Test
    void rename_betweenFileAndDirectory_isRefused() throws PoolException {
        pool.directory(ROOT, "d");
        pool.file(ROOT, "f");

        refused(Reason.IS_DIRECTORY, () -> pool.rename(ROOT, "f", ROOT, "d"));
        refused(Reason.NOT_DIRECTORY, () -> pool.rename(ROOT, "d", ROOT, "f"));
        refused(Reason.NOT_FOUND, () -> pool.rename(ROOT, "x", ROOT, "f"));
        refused(Reason.NOT_FOUND, () -> pool.rename(ROOT, "f", ROOT, "x", true, 0));
    }

    @Test
    void rename_ofADirectoryIntoItself_isRefused() throws PoolException {
        long a = pool.directory(ROOT, "a");
        long b = pool.directory(a, "b");
        long c = pool.directory(b, "c");
        pool.directory(ROOT, "z");

        refused(Reason.INVALID, () -> pool.rename(ROOT, "a", a, "x"));
        refused(Reason.INVALID, () -> pool.rename(ROOT, "a", c, "x"));
        refused(Reason.INVALID, () -> pool.rename(a, "b", ROOT, "a", true, 0));
        refused(Reason.INVALID, () -> pool.rename(ROOT, "a", b, "c", true, 0));
        refused(Reason.NOT_EMPTY, () -> pool.rename(b, "c", ROOT, "a"));
        pool.rename(ROOT, "z", c, "z");
    }

    @Test
    void rename_betweenTwoNamesOfOneInode_doesNothing() throws PoolException {
        long file = pool.file(ROOT, "a");
        pool.apply(new Op.Link(file, at(ROOT, "b"), 5, 0));
        long transaction = pool.metadata.lastTransaction();
        pool.rename(ROOT, "a", ROOT, "b");
        pool.rename(ROOT, "a", ROOT, "a");
        pool.rename(ROOT, "a", ROOT, "b", true, 0);

        assertThat(pool.metadata.lastTransaction()).isEqualTo(transaction);
        assertThat(pool.lookup(ROOT, "a")).isEqualTo(file);
        assertThat(pool.lookup(ROOT, "b")).isEqualTo(file);
    }

    @Test
    void rename_exchange_swapsNamesAndParents() throws PoolException {
        long left = pool.directory(ROOT, "left");
        long right = pool.directory(ROOT, "right");
        long directory = pool.directory(left, "x");
        long file = pool.file(right, "y");
        pool.rename(left, "x", right, "y", true, 0);

        assertThat(pool.lookup(left, "x")).isEqualTo(file);
        assertThat(pool.lookup(right, "y")).isEqualTo(directory);
        assertThat(pool.inode(left).links()).isEqualTo(2);
        assertThat(pool.inode(right).links()).isEqualTo(3);
        assertThat(pool.metadata.<Long>read(reader -> reader.parentOf(directory)))
                .isEqualTo(right);
        assertThat(pool.metadata.<List<Op.Place>>read(reader -> reader.places(file)))
                .containsExactly(at(left, "x"));
    }

    @Test
    void entries_areInOrderOfBytesAndContinueBehindAName() throws PoolException {
        long other = pool.directory(ROOT, "zz");
        pool.file(other, "not mine");
        for (String name : List.of("b", "a", "ab", "é", "a-")) {
            pool.create(ROOT, name, FileType.FIFO.modeBits() | 0600);
        }

        assertThat(names(null)).containsExactly("a", "a-", "ab", "b", "zz", "é");
        assertThat(names("a")).containsExactly("a-", "ab", "b", "zz", "é");
        assertThat(names("é")).isEmpty();
    }

    private List<String> names(String after) throws PoolException {
        return pool.metadata.read(reader -> {
            List<String> names = new java.util.ArrayList<>();
            reader.entries(
                    ROOT,
                    after == null ? null : io.poolfs.core.model.FileName.of(after),
                    dentry -> names.add(dentry.name().toString()));
            return names;
        });
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PoolException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }
}
