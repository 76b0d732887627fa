package io.poolfs.core.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.poolfs.core.local.LocalFiles.Mode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LocalFiles} does. */
public abstract class LocalFilesContract {
    private static final int BLOCK = 4096;

    private LocalFiles files;
    private Path root;

    protected abstract LocalFiles files();

    /** An existing, empty directory. */
    protected abstract Path root();

    @BeforeEach
    void setUpContract() {
        files = files();
        root = root();
    }

    @Test
    void write_atAnOffset_isReadBack() throws Exception {
        byte[] content = random(200_000);
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            file.write(100, ByteBuffer.wrap(content));
            assertThat(file.sizeBytes()).isEqualTo(200_100);
            ByteBuffer direct = ByteBuffer.allocateDirect(content.length + 7).position(7);
            assertThat(file.read(100, direct)).isEqualTo(content.length);
            assertThat(direct.flip().position(7)).isEqualTo(ByteBuffer.wrap(content));
            ByteBuffer heap = ByteBuffer.allocate(50).position(10).limit(30);
            assertThat(file.read(90, heap)).isEqualTo(20);
            byte[] expected = new byte[50];
            System.arraycopy(content, 0, expected, 20, 10);
            assertThat(heap.array()).isEqualTo(expected);
        }
    }

    @Test
    void write_partsOfBuffers_takesFromPositionToLimit() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            ByteBuffer src =
                    ByteBuffer.wrap("-abc-".getBytes(UTF_8)).position(1).limit(4);
            file.write(0, src.asReadOnlyBuffer());
            ByteBuffer direct = ByteBuffer.allocateDirect(5)
                    .put("-def-".getBytes(UTF_8))
                    .position(1)
                    .limit(4);
            file.write(3, direct);
            assertThat(direct.hasRemaining()).isFalse();
        }
        assertThat(files.readAll(root.resolve("a"), 10)).isEqualTo("abcdef".getBytes(UTF_8));
    }

    @Test
    void read_aroundTheEnd_givesWhatIsThere() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            ByteBuffer dst = ByteBuffer.wrap(new byte[] {9, 9, 9, 9, 9});
            assertThat(file.read(1, dst)).isEqualTo(2);
            assertThat(dst.position()).isEqualTo(2);
            assertThat(dst.array()).isEqualTo(new byte[] {2, 3, 9, 9, 9});
            assertThat(file.read(3, dst)).isZero();
            assertThat(file.read(1000, dst)).isZero();
        }
    }

    @Test
    void truncate_downAndUp_readsZerosWhereItWasCut() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            file.write(0, ByteBuffer.wrap(filled(10, 7)));
            file.truncate(4);
            assertThat(file.sizeBytes()).isEqualTo(4);
            file.truncate(10);
            ByteBuffer dst = ByteBuffer.allocate(10);
            assertThat(file.read(0, dst)).isEqualTo(10);
            assertThat(dst.array()).isEqualTo(new byte[] {7, 7, 7, 7, 0, 0, 0, 0, 0, 0});
        }
    }

    @Test
    void punch_middle_readsZerosAndGivesRoomBack() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            file.write(0, ByteBuffer.wrap(filled(16 * BLOCK, 7)));
            file.sync();
            long before = file.allocatedBytes();
            file.punch(4 * BLOCK, 8 * BLOCK);
            file.sync();
            assertThat(before - file.allocatedBytes()).isEqualTo(8 * BLOCK);
            assertThat(file.sizeBytes()).isEqualTo(16 * BLOCK);
            byte[] expected = filled(16 * BLOCK, 7);
            Arrays.fill(expected, 4 * BLOCK, 12 * BLOCK, (byte) 0);
            assertThat(files.readAll(root.resolve("a"), 16 * BLOCK)).isEqualTo(expected);
        }
    }

    @Test
    void nextData_inAHole_isNoFartherThanTheNextBytes() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            file.write(64 * BLOCK, ByteBuffer.wrap(filled(10, 7)));
            assertThat(file.nextData(0)).isBetween(0L, 64L * BLOCK);
            assertThat(file.nextData(64L * BLOCK + 5)).isEqualTo(64L * BLOCK + 5);
            assertThat(file.nextData(1000L * BLOCK)).isGreaterThanOrEqualTo(1000L * BLOCK);
        }
    }

    @Test
    void punch_beyondTheEndAndUnaligned_keepsSizeAndOtherBytes() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            file.write(0, ByteBuffer.wrap(filled(100, 7)));
            file.punch(90, BLOCK);
            file.punch(10, 5);
            file.punch(50, 0);
            file.punch(10 * BLOCK, BLOCK);
        }
        byte[] expected = filled(100, 7);
        Arrays.fill(expected, 90, 100, (byte) 0);
        Arrays.fill(expected, 10, 15, (byte) 0);
        assertThat(files.readAll(root.resolve("a"), 100)).isEqualTo(expected);
    }

    @Test
    void allocatedBytes_sparseFile_countsWhatWasWritten() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            file.truncate(100L << 20);
            file.write(50L << 20, ByteBuffer.wrap(filled(BLOCK, 1)));
            file.sync();
            assertThat(file.sizeBytes()).isEqualTo(100L << 20);
            assertThat(file.allocatedBytes()).isEqualTo(BLOCK);
        }
    }

    @Test
    void open_modes_demandWhatTheySay() throws Exception {
        Path path = root.resolve("a");
        fails(Reason.NOT_FOUND, () -> files.open(path, Mode.READ));
        fails(Reason.NOT_FOUND, () -> files.open(path, Mode.READ_WRITE));
        files.open(path, Mode.CREATE_NEW).close();
        fails(Reason.EXISTS, () -> files.open(path, Mode.CREATE_NEW));
        try (LocalFile file = files.open(path, Mode.READ_WRITE)) {
            file.write(0, ByteBuffer.wrap(new byte[] {1}));
        }
        files.open(path, Mode.CREATE).close();
        assertThat(files.sizeBytes(path)).isEqualTo(1);
        fails(Reason.NOT_FOUND, () -> files.open(root.resolve("no/a"), Mode.CREATE));
    }

    @Test
    void write_fileOpenedForReading_fails() throws Exception {
        Path path = root.resolve("a");
        files.open(path, Mode.CREATE_NEW).close();
        try (LocalFile file = files.open(path, Mode.READ)) {
            fails(Reason.LOCAL_IO, () -> file.write(0, ByteBuffer.wrap(new byte[1])));
        }
    }

    @Test
    void use_afterClose_isRefused() throws Exception {
        LocalFile file = files.open(root.resolve("a"), Mode.CREATE);
        file.close();
        file.close();
        fails(Reason.CLOSED, () -> file.read(0, ByteBuffer.allocate(1)));
        fails(Reason.CLOSED, () -> file.write(0, ByteBuffer.allocate(1)));
        fails(Reason.CLOSED, file::sizeBytes);
    }

    @Test
    void use_interruptedThread_goesOn() throws Exception {
        try (LocalFile file = files.open(root.resolve("a"), Mode.CREATE)) {
            Thread.currentThread().interrupt();
            file.write(0, ByteBuffer.wrap(new byte[] {1}));
            assertThat(file.read(0, ByteBuffer.allocate(1))).isEqualTo(1);
            assertThat(Thread.interrupted()).isTrue();
            file.sync();
        }
    }

    @Test
    void delete_openFile_staysReadable() throws Exception {
        Path path = root.resolve("a");
        try (LocalFile file = files.open(path, Mode.CREATE)) {
            file.write(0, ByteBuffer.wrap(new byte[] {5}));
            files.delete(path);
            assertThat(files.exists(path)).isFalse();
            assertThat(file.read(0, ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    @Test
    void writeAtomically_newAndExisting_replacesAll() throws Exception {
        Path path = root.resolve("a");
        files.writeAtomically(path, "long content".getBytes(UTF_8));
        files.writeAtomically(path, "new".getBytes(UTF_8));
        assertThat(files.readAll(path, 100)).isEqualTo("new".getBytes(UTF_8));
        assertThat(files.list(root)).containsExactly("a");
    }

    @Test
    void readAll_tooLarge_isRefused() throws Exception {
        Path path = root.resolve("a");
        files.writeAtomically(path, new byte[11]);
        fails(Reason.RESULT_TOO_LARGE, () -> files.readAll(path, 10));
        assertThat(files.readAll(path, 11)).hasSize(11);
        fails(Reason.NOT_FOUND, () -> files.readAll(root.resolve("b"), 10));
    }

    @Test
    void rename_overExisting_replacesIt() throws Exception {
        files.writeAtomically(root.resolve("a"), new byte[] {1});
        files.writeAtomically(root.resolve("b"), new byte[] {2, 2});
        files.rename(root.resolve("a"), root.resolve("b"));
        files.syncDirectory(root);
        assertThat(files.list(root)).containsExactly("b");
        assertThat(files.readAll(root.resolve("b"), 10)).isEqualTo(new byte[] {1});
        fails(Reason.NOT_FOUND, () -> files.rename(root.resolve("a"), root.resolve("c")));
    }

    @Test
    void rename_directory_takesItsContentAlong() throws Exception {
        files.createPrivateDirectory(root.resolve("d/e"));
        files.writeAtomically(root.resolve("d/e/f"), new byte[] {1});
        files.rename(root.resolve("d"), root.resolve("g"));
        assertThat(files.list(root)).containsExactly("g");
        assertThat(files.readAll(root.resolve("g/e/f"), 10)).isEqualTo(new byte[] {1});
    }

    @Test
    void createPrivateDirectory_deepAndAgain_isThere() throws Exception {
        Path directory = root.resolve("x/y/z");
        files.createPrivateDirectory(directory);
        files.createPrivateDirectory(directory);
        assertThat(files.exists(directory)).isTrue();
        assertThat(files.list(root.resolve("x"))).containsExactly("y");
        assertThat(files.list(directory)).isEmpty();
    }

    @Test
    void createPrivateDirectory_overAFile_isRefused() throws Exception {
        files.writeAtomically(root.resolve("a"), new byte[0]);
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(root.resolve("a")));
    }

    @Test
    void list_namesOfEntries_areSortedAndAbsentIsEmpty() throws Exception {
        assertThat(files.list(root.resolve("absent"))).isEmpty();
        for (String name : new String[] {"c", "a", "B"}) {
            files.writeAtomically(root.resolve(name), new byte[0]);
        }
        files.createPrivateDirectory(root.resolve("b"));
        assertThat(files.list(root)).containsExactly("B", "a", "b", "c");
    }

    @Test
    void delete_absentFileEmptyDirectoryFullDirectory_behavesAsSaid() throws Exception {
        files.delete(root.resolve("absent"));
        files.delete(root.resolve("absent/deep"));
        files.createPrivateDirectory(root.resolve("d"));
        files.writeAtomically(root.resolve("d/a"), new byte[0]);
        fails(Reason.LOCAL_IO, () -> files.delete(root.resolve("d")));
        files.delete(root.resolve("d/a"));
        files.delete(root.resolve("d"));
        assertThat(files.list(root)).isEmpty();
    }

    @Test
    void deleteTree_nested_removesAll() throws Exception {
        files.createPrivateDirectory(root.resolve("d/e"));
        files.writeAtomically(root.resolve("d/e/f"), new byte[0]);
        files.writeAtomically(root.resolve("d/g"), new byte[0]);
        files.deleteTree(root.resolve("d"));
        files.deleteTree(root.resolve("d"));
        assertThat(files.list(root)).isEmpty();
    }

    @Test
    void sizeBytes_absent_isNotFound() throws Exception {
        fails(Reason.NOT_FOUND, () -> files.sizeBytes(root.resolve("a")));
        assertThat(files.exists(root.resolve("a"))).isFalse();
    }

    @Test
    void space_ofTheRoot_isPlausible() throws Exception {
        LocalFiles.Space space = files.space(root);
        assertThat(space.totalBytes()).isPositive();
        assertThat(space.availableBytes()).isPositive().isLessThanOrEqualTo(space.totalBytes());
        fails(Reason.NOT_FOUND, () -> files.space(root.resolve("absent")));
    }

    protected static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).asInstanceOf(type(PoolException.class)).returns(reason, PoolException::reason);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
