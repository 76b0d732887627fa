package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** Hard links, symlinks, and inodes that are neither file nor directory. */
interface MountedLinks extends MountedDirectory {
    @Test
    default void link_ofAFile_isTheSameFile() throws IOException {
        Files.writeString(in("a"), "first");
        Files.createLink(in("b"), in("a"));

        Files.writeString(in("b"), "through b");

        assertThat(in("a")).hasContent("through b");
        assertThat(Files.getAttribute(in("a"), "unix:nlink")).isEqualTo(2);
        assertThat(Files.getAttribute(in("a"), "unix:ino")).isEqualTo(Files.getAttribute(in("b"), "unix:ino"));
    }

    @Test
    default void link_withBothNamesOpen_sharesItsPages() throws IOException {
        Files.write(in("a"), new byte[8192]);
        Files.createLink(in("b"), in("a"));
        try (FileChannel a = FileChannel.open(in("a"), StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel b = FileChannel.open(in("b"), StandardOpenOption.READ)) {
            ByteBuffer read = ByteBuffer.allocate(4);
            b.read(read, 4000);

            a.write(MountedDirectory.ascii("seen"), 4000);
            read.clear();
            b.read(read, 4000);

            assertThat(new String(read.array(), StandardCharsets.US_ASCII)).isEqualTo("seen");
        }
    }

    @Test
    default void link_afterOneNameIsGone_keepsTheFile() throws Exception {
        assertThat(sh("printf x > a; ln a b; rm a; stat -c %h b; cat b")).isEqualTo("1\nx");
    }

    @Test
    default void link_renamedOntoItsOwnOtherName_staysBoth() throws IOException {
        Files.writeString(in("a"), "x");
        Files.createLink(in("b"), in("a"));

        Files.move(in("a"), in("b"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(Files.getAttribute(in("b"), "unix:nlink")).isEqualTo(2);
        assertThat(in("a")).exists();
    }

    @Test
    default void link_overAnExistingName_orOfADirectory_isRefused() throws Exception {
        sh("touch a b; mkdir d");

        assertThatThrownBy(() -> Files.createLink(in("b"), in("a"))).isInstanceOf(FileAlreadyExistsException.class);
        shFails("", "ln d e");
    }

    @Test
    default void symlink_toAnything_isKeptAsWritten() throws IOException {
        String target = "../some where/é/" + "t".repeat(4000);

        Files.createSymbolicLink(in("link"), Path.of(target));

        assertThat(Files.readSymbolicLink(in("link"))).hasToString(target);
        assertThat(Files.isSymbolicLink(in("link"))).isTrue();
        assertThat(Files.exists(in("link"))).isFalse();
    }

    @Test
    default void symlink_toAFile_isFollowed() throws Exception {
        assertThat(sh("mkdir d; printf x > d/f; ln -s d/f l; cat l; printf y >> l; cat d/f; stat -c %s l"))
                .isEqualTo("xxy3");
        shFails("symbolic links", "ln -s loop loop; cat loop");
    }

    @Test
    default void fifoAndSocket_areWhatTheyAre() throws Exception {
        assertThat(sh("mkfifo p; stat -c %F p; (printf through > p &); cat p")).isEqualTo("fifo\nthrough");
    }

    @Test
    default void device_madeByRoot_keepsItsNumbers() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");

        assertThat(sh("mknod n b 7 300; mknod c c 1 3; stat -c '%F %t %T' n c"))
                .isEqualTo("block special file 7 12c\ncharacter special file 1 3");
    }
}
