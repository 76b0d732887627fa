package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What an ordinary user may and may not. Needs root, and a mount that others may enter. */
interface MountedUsers extends MountedDirectory {
    @Test
    default void user_makesFilesOfItsOwn() throws Exception {
        try (TestUser user = enter()) {
            assertThat(asUser(user, "umask 022; touch f; mkdir d; ln -s f l; stat -c '%u:%g %a' f d; stat -c %u l"))
                    .isEqualTo("%1$d:%1$d 644\n%1$d:%1$d 755\n%1$d".formatted(user.id()));
        }
    }

    @Test
    default void user_withoutPermission_isRefused() throws Exception {
        try (TestUser user = enter()) {
            sh("printf secret > f; chmod 600 f; mkdir d; chmod 700 d; touch d/g readable; chmod 644 readable");

            refused(user, "cat f");
            refused(user, "ls d");
            refused(user, "printf x >> readable");
            user.command().fails(work(), "not permitted", "chmod 777 readable");
            user.command().fails(work(), "not permitted", "chown $(id -u) readable");
            user.command().fails(work(), "", "setfattr -n user.a -v x readable");
        }
    }

    @Test
    default void user_writingToASetUserIdFile_dropsTheBits() throws Exception {
        try (TestUser user = enter()) {
            assertThat(asUser(user, "touch f; chmod 4755 f; printf x >> f; stat -c %a f"))
                    .isEqualTo("755");
            sh("touch g; chmod 6777 g");
            assertThat(asUser(user, "printf x >> g; stat -c %a g")).isEqualTo("777");
        }
    }

    @Test
    default void user_inAStickyDirectory_leavesOthersAlone() throws Exception {
        try (TestUser user = enter()) {
            sh("mkdir t; chmod 1777 t; touch t/root");

            user.command().fails(work(), "not permitted", "rm -f t/root");
            user.command().fails(work(), "not permitted", "mv t/root t/mine");
            asUser(user, "touch t/mine; rm t/mine");
        }
    }

    @Test
    default void user_git_works() throws Exception {
        try (TestUser user = enter()) {
            MountedPrograms.git(user.command(), work());
        }
    }

    @Test
    default void user_sqlite_works() throws Exception {
        try (TestUser user = enter()) {
            MountedPrograms.sqlite(user.command(), work());
        }
    }

    private TestUser enter() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");
        TestUser user = TestUser.make();
        sh("chmod 777 .");
        boolean may = user.command().run(Path.of("/"), "cd \"$1\"", work()).status() == 0;
        if (!may) {
            user.close();
        }
        assumeTrue(may, "other users may not enter this mount");
        return user;
    }

    private String asUser(TestUser user, String script) throws Exception {
        return user.command().ok(work(), script);
    }

    private void refused(TestUser user, String script) throws Exception {
        user.command().fails(work(), "Permission denied", script);
    }
}
