package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Extended attributes. */
interface MountedXattrs extends MountedDirectory {
    @BeforeAll
    static void requireTools() throws Exception {
        assertThat(Command.exists("setfattr"))
                .as("the package attr is installed")
                .isTrue();
    }

    @Test
    default void xattr_setAndReplaced_isKept() throws Exception {
        assertThat(sh("""
                touch f
                setfattr -n user.one -v 1 f
                setfattr -n user.two -v 0xff00fe f
                setfattr -n user.one -v first f
                getfattr -d -e text -m user.one --only-values f; echo
                getfattr -e hex -n user.two f | grep two
                """)).isEqualTo("first\nuser.two=0xff00fe");
    }

    @Test
    default void xattr_removed_isGone() throws Exception {
        sh("touch f; setfattr -n user.a -v 1 f; setfattr -n user.b f; setfattr -x user.a f");

        assertThat(sh("getfattr -m - f | grep user")).isEqualTo("user.b");
        shFails("No such attribute", "getfattr -n user.a f");
        shFails("No such attribute", "setfattr -x user.a f");
    }

    @Test
    default void xattr_ofADirectory_works() throws Exception {
        assertThat(sh("mkdir d; setfattr -n user.a -v x d; getfattr -n user.a --only-values d"))
                .isEqualTo("x");
    }

    @Test
    default void xattr_ofAnUnlinkedOpenFile_works() throws Exception {
        assertThat(sh("""
                exec 3> f; rm f
                setfattr -n user.a -v x /proc/self/fd/3 2>/dev/null || setfattr -n user.a -v x /dev/fd/3
                getfattr -n user.a --only-values --absolute-names /proc/self/fd/3
                """)).isEqualTo("x");
    }

    @Test
    default void xattr_ofManyBytes_isKept() throws IOException {
        byte[] value = new byte[60_000];
        new Random(1).nextBytes(value);
        UserDefinedFileAttributeView view = view("f");

        view.write("large", ByteBuffer.wrap(value));

        ByteBuffer read = ByteBuffer.allocate(view.size("large"));
        view.read("large", read);
        assertThat(read.array()).isEqualTo(value);
    }

    @Test
    default void xattr_readIntoTooLittleRoom_isRefused() throws IOException {
        UserDefinedFileAttributeView view = view("f");
        view.write("a", ByteBuffer.wrap(new byte[100]));

        assertThatThrownBy(() -> view.read("a", ByteBuffer.allocate(10))).isInstanceOf(FileSystemException.class);
    }

    @Test
    default void xattr_many_areAllListed() throws Exception {
        UserDefinedFileAttributeView view = view("f");
        for (int i = 0; i < 200; i++) {
            view.write("attribute-" + i, ByteBuffer.wrap(new byte[] {1}));
        }

        assertThat(view.list()).hasSize(200).contains("attribute-0", "attribute-199");
    }

    @Test
    default void accessControlLists_areNotSupported() throws Exception {
        assumeTrue(Command.exists("setfacl"), "no setfacl here");

        shFails("not supported", "touch f; setfacl -m u:1234:r f");
        sh("getfacl -c f | grep user::");
    }

    private UserDefinedFileAttributeView view(String name) throws IOException {
        Path file = Files.createFile(in(name));
        return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    }
}
