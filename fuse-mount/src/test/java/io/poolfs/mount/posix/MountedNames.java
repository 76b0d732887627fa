package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;

/** Names: what they may be, making and removing directories, renaming. */
interface MountedNames extends MountedDirectory {
    @Test
    default void name_of255Bytes_works() throws IOException {
        Path longest = in("n".repeat(255));

        Files.writeString(longest, "x");

        assertThat(longest).hasContent("x");
        Files.delete(longest);
    }

    @Test
    default void name_of256Bytes_isTooLong() {
        assertThatThrownBy(() -> Files.writeString(in("n".repeat(256)), "x"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("File name too long");
        assertThatThrownBy(() -> Files.createDirectory(in("n".repeat(256)))).hasMessageContaining("too long");
    }

    @Test
    default void name_thatIsNotUtf8_isKeptByteByByte() throws Exception {
        String names = sh("""
                printf one > $'\\xff'
                printf two > $'\\xfe'
                printf three > $'a\\xc3'
                printf four > $'\\xc3\\xa9'
                mv $'\\xfe' $'\\x01\\x80'
                cat $'\\xff' $'\\x01\\x80' $'a\\xc3' $'\\xc3\\xa9'
                echo
                ls -b
                """);

        assertThat(names).isEqualTo("onetwothreefour\n\\001\\200\na\\303\n\\303\\251\n\\377");
    }

    @Test
    default void mkdir_overAnythingThatExists_isRefused() throws IOException {
        Files.createDirectory(in("d"));
        Files.createFile(in("f"));

        assertThatThrownBy(() -> Files.createDirectory(in("d"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> Files.createDirectory(in("f"))).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    default void rmdir_ofAFullDirectory_isRefused() throws IOException {
        Files.createDirectories(in("d/e"));

        assertThatThrownBy(() -> Files.delete(in("d"))).isInstanceOf(DirectoryNotEmptyException.class);
    }

    @Test
    default void remove_ofTheWrongKind_isRefused() throws Exception {
        sh("mkdir d; touch f");

        shFails("Not a directory", "rmdir f");
        shFails("Is a directory", "unlink d");
        shFails("Not a directory", "touch f/g");
        shFails("No such file", "touch nowhere/g");
    }

    @Test
    default void directory_linkCount_isTwoAndItsSubdirectories() throws Exception {
        assertThat(sh("mkdir -p d/a d/b; touch d/f; stat -c %h d; mv d/a .; stat -c %h d; rmdir d/b; stat -c %h d"))
                .isEqualTo("4\n3\n2");
    }

    @Test
    default void directory_removedWhileSomeoneIsInIt_takesNothingNew() throws Exception {
        shFails("No such file", "mkdir d; cd d; rmdir ../d; touch x");
    }

    @Test
    default void rename_overAFile_replacesIt() throws IOException {
        Files.writeString(in("from"), "new");
        Files.writeString(in("to"), "old");

        Files.move(in("from"), in("to"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(in("from")).doesNotExist();
        assertThat(in("to")).hasContent("new");
    }

    @Test
    default void rename_overAnOpenFile_keepsTheOldOneForItsHolder() throws Exception {
        assertThat(sh("printf old > to; exec 3< to; printf new > from; mv from to; cat <&3; cat to"))
                .isEqualTo("oldnew");
    }

    @Test
    default void rename_ofADirectory_takesItsContentAlong() throws Exception {
        assertThat(sh("""
                mkdir -p a/b c
                printf x > a/b/f
                exec 3>> a/b/f
                mv a c/d
                printf y >&3
                cat c/d/b/f
                test ! -e a
                """)).isEqualTo("xy");
    }

    @Test
    default void rename_ofADirectory_updatesItsParentEntry() throws Exception {
        sh("mkdir -p a/b c; mv a/b c/b; test \"$(stat -c %i c/b/..)\" = \"$(stat -c %i c)\"");
    }

    @Test
    default void rename_overAnEmptyDirectory_replacesIt() throws Exception {
        sh("mkdir a b; touch a/f; mv -T a b; test -e b/f; test ! -e a");
    }

    @Test
    default void rename_overAFullDirectory_isRefused() throws Exception {
        sh("mkdir a b; touch b/f");

        shFails("not empty", "mv -T a b");
    }

    @Test
    default void rename_acrossKinds_isRefused() throws Exception {
        sh("mkdir d; touch f");

        shFails("", "mv -T f d");
        shFails("", "mv -T d f");
        sh("test -d d; test -f f");
    }

    @Test
    default void rename_intoItself_isRefused() throws Exception {
        sh("mkdir -p a/b");

        shFails("", "mv a a/b/c");
        sh("test -d a/b");
    }

    @Test
    default void rename_ofAMissingFile_isRefused() {
        assertThatThrownBy(() -> Files.move(in("a"), in("b"), StandardCopyOption.ATOMIC_MOVE))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    default void rename_again_ofTheSameNames_worksEachTime() throws Exception {
        sh("for i in $(seq 200); do printf $i > new; mv new file; test \"$(cat file)\" = $i; done");
    }

    @Test
    default void deepPath_canBeWalkedUpAgain() throws Exception {
        sh("""
                top=$PWD
                for i in $(seq 60); do mkdir directory-$i; cd directory-$i; done
                test "$(pwd -P)" = "$PWD"
                touch here
                for i in $(seq 60); do cd ..; done
                test "$(pwd -P)" = "$top"
                """);
    }
}
