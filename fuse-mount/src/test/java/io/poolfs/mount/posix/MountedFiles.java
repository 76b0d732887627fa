package io.poolfs.mount.posix;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content of regular files. */
interface MountedFiles extends MountedDirectory {
    long SEED = 20_261_120;

    @Test
    default void create_exclusively_overAnExistingFile_isRefused() throws IOException {
        Files.writeString(in("file"), "first");

        assertThatThrownBy(() -> FileChannel.open(in("file"), CREATE_NEW, WRITE))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(in("file")).hasContent("first");
    }

    @Test
    default void create_afterANegativeLookup_isSeen() throws IOException {
        assertThatThrownBy(() -> Files.size(in("file"))).isInstanceOf(NoSuchFileException.class);

        Files.writeString(in("file"), "now");

        assertThat(in("file")).hasContent("now");
    }

    @Test
    default void open_truncating_dropsWhatWasThere() throws IOException {
        Files.write(in("file"), new byte[300_000]);

        try (FileChannel file = FileChannel.open(in("file"), WRITE, TRUNCATE_EXISTING)) {
            assertThat(file.size()).isZero();
            file.write(ByteBuffer.wrap(new byte[] {7}));
        }

        assertThat(in("file")).hasBinaryContent(new byte[] {7});
    }

    @Test
    default void append_fromTwoDescriptors_neverOverwrites() throws IOException {
        try (FileChannel one = FileChannel.open(in("log"), CREATE, APPEND);
                FileChannel other = FileChannel.open(in("log"), APPEND)) {
            for (int line = 0; line < 100; line++) {
                one.write(MountedDirectory.ascii("one\n"));
                other.write(MountedDirectory.ascii("two\n"));
            }
        }

        assertThat(in("log")).hasContent("one\ntwo\n".repeat(100));
    }

    @Test
    default void unlink_whileOpen_keepsTheFileForItsHolder() throws Exception {
        String told = sh("""
                exec 3<>file
                printf before >&3
                rm file
                printf after >&3
                stat -L -c '%h %s' /proc/self/fd/3
                cat /proc/self/fd/3
                truncate -s 3 /proc/self/fd/3
                chmod 600 /proc/self/fd/3
                stat -L -c ' %a %s' /proc/self/fd/3
                test ! -e file
                """);

        assertThat(told).isEqualTo("0 11\nbeforeafter 600 3");
    }

    @Test
    default void unlink_whileOpen_thenANewFileOfTheName_areTwoFiles() throws IOException {
        try (FileChannel old = FileChannel.open(in("file"), CREATE_NEW, WRITE, READ)) {
            old.write(MountedDirectory.ascii("old"));
            Files.delete(in("file"));
            Files.writeString(in("file"), "newer");

            ByteBuffer read = ByteBuffer.allocate(10);
            old.read(read, 0);

            assertThat(read.position()).isEqualTo(3);
            assertThat(in("file")).hasContent("newer");
        }
    }

    @Test
    default void truncate_downAndUp_leavesZerosBehind() throws IOException {
        byte[] expected = new byte[20_000];
        Arrays.fill(expected, 0, 5_001, (byte) 'x');
        byte[] full = new byte[150_000];
        Arrays.fill(full, (byte) 'x');
        Files.write(in("file"), full);

        try (FileChannel file = FileChannel.open(in("file"), READ, WRITE)) {
            file.truncate(5_001);
            file.write(ByteBuffer.wrap(new byte[1]), 19_999);
        }

        assertThat(in("file")).hasBinaryContent(expected);
    }

    @Test
    default void truncate_byPath_growsAFile() throws Exception {
        sh("printf abc > file; truncate -s 1M file; cmp <(printf abc; head -c $((1048576 - 3)) /dev/zero) file");

        assertThat(Files.size(in("file"))).isEqualTo(1 << 20);
    }

    @Test
    default void write_farBehindTheEnd_leavesAHoleOfZeros() throws IOException {
        long far = 5L << 30;
        try (FileChannel file = FileChannel.open(in("sparse"), CREATE_NEW, READ, WRITE)) {
            file.write(MountedDirectory.ascii("end"), far);
            ByteBuffer hole = ByteBuffer.allocate(100_000);

            file.read(hole, far - 100_000);

            assertThat(file.size()).isEqualTo(far + 3);
            assertThat(hole.array()).containsOnly(0);
        }
    }

    @Test
    default void read_behindTheEnd_isNothing() throws IOException {
        Files.writeString(in("file"), "abc");
        try (FileChannel file = FileChannel.open(in("file"), READ)) {
            assertThat(file.read(ByteBuffer.allocate(10), 3)).isEqualTo(-1);
            assertThat(file.read(ByteBuffer.allocate(10), 1 << 20)).isEqualTo(-1);
            assertThat(file.read(ByteBuffer.allocate(10), 1)).isEqualTo(2);
        }
    }

    @Test
    default void write_throughOneDescriptor_isSeenThroughTheOther() throws IOException {
        try (FileChannel writer = FileChannel.open(in("file"), CREATE_NEW, WRITE);
                FileChannel reader = FileChannel.open(in("file"), READ)) {
            for (byte round = 1; round < 50; round++) {
                writer.write(ByteBuffer.wrap(new byte[] {round}), round % 7);
                ByteBuffer read = ByteBuffer.allocate(1);
                reader.read(read, round % 7);
                assertThat(read.get(0)).isEqualTo(round);
            }
        }
    }

    @Test
    default void randomWritesAndTruncates_leaveWhatAPlainFileHas(@TempDir Path plain) throws IOException {
        Random random = new Random(SEED);
        try (FileChannel mounted = FileChannel.open(in("file"), CREATE_NEW, READ, WRITE);
                FileChannel reference = FileChannel.open(plain.resolve("file"), CREATE_NEW, READ, WRITE)) {
            for (int step = 0; step < 400; step++) {
                int at = random.nextInt(3_000_000);
                if (random.nextInt(10) == 0) {
                    mounted.truncate(at);
                    reference.truncate(at);
                } else {
                    byte[] bytes = new byte[1 + random.nextInt(step % 5 == 0 ? 400_000 : 6_000)];
                    random.nextBytes(bytes);
                    mounted.write(ByteBuffer.wrap(bytes), at);
                    reference.write(ByteBuffer.wrap(bytes), at);
                }
            }
            mounted.force(true);
        }

        assertThat(Files.mismatch(in("file"), plain.resolve("file"))).isEqualTo(-1);
    }

    @Test
    default void directIo_readsAndWritesPastTheCache() throws Exception {
        sh("""
                head -c 1000000 /dev/urandom > plain
                dd if=plain of=direct bs=4096 oflag=direct conv=fsync status=none
                dd if=direct of=again bs=65536 iflag=direct status=none
                cmp plain again
                """);
    }

    @Test
    default void fsync_ofFileAndDirectory_succeeds() throws Exception {
        sh("mkdir d; printf x > d/file; sync d/file; sync -d d/file; sync d");
    }

    @Test
    default void locks_areKeptBetweenProcesses() throws Exception {
        sh("""
                exec 3> lock
                flock -n 3
                ! flock -n lock true
                flock -u 3
                flock -n lock true
                """);
    }
}
