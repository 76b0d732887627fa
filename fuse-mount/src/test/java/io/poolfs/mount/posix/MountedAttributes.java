package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.FileStore;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Modes, owners, times, and the room of the file system. */
interface MountedAttributes extends MountedDirectory {
    @Test
    default void chmod_everyBit_isKept() throws Exception {
        assertThat(sh("touch f; mkdir d; chmod 7421 f; chmod 1777 d; stat -c %a f d; chmod 0 f; stat -c %a f"))
                .isEqualTo("7421\n1777\n0");
    }

    @Test
    default void create_underAUmask_lacksItsBits() throws Exception {
        assertThat(
                        sh(
                                "umask 027; touch f; mkdir d; stat -c %a f d; umask 0; touch g; mkdir e; mkfifo p; stat -c %a g e p"))
                .isEqualTo("640\n750\n666\n777\n666");
    }

    @Test
    default void chown_asRoot_changesOwnerAndGroupAlone() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");

        assertThat(sh("""
                touch f; ln -s f l
                chown 1234:4321 f; stat -c %u:%g f
                chown 99 f; chgrp 98 f; stat -c %u:%g f
                chown -h 7:8 l; stat -c %u:%g l f
                """)).isEqualTo("1234:4321\n99:98\n7:8\n99:98");
    }

    @Test
    default void chown_asRoot_dropsSetUserIdOfAFile() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");

        assertThat(sh("touch f; chmod 6755 f; chown 5:5 f; stat -c %a f")).isEqualTo("755");
    }

    @Test
    default void setGroupId_ofADirectory_isHandedDown() throws Exception {
        assumeTrue(TestUser.isRoot(), "needs root");

        assertThat(
                        sh(
                                "mkdir d; chgrp 4321 d; chmod 2755 d; touch d/f; mkdir d/e; ln -s x d/l; stat -c '%g %a' d/f d/e d/l"))
                .isEqualTo("4321 644\n4321 2755\n4321 777");
    }

    @Test
    default void times_toTheNanosecond_areKept() throws Exception {
        assertThat(sh("""
                touch f
                touch -m -d '2001-02-03 04:05:06.123456789Z' f
                touch -a -d '1999-12-31 23:59:59.999999999Z' f
                TZ=UTC stat -c '%x|%y' f
                """)).isEqualTo("1999-12-31 23:59:59.999999999 +0000|2001-02-03 04:05:06.123456789 +0000");
    }

    @Test
    default void times_farFromNow_areKept() throws Exception {
        assertThat(sh("touch -d '1931-01-01 00:00:00.5Z' a; touch -d '2250-01-01 00:00:00Z' b; stat -c %.1Y a b"))
                .isEqualTo("-1230767999.5\n8835955200.0");
    }

    /** Nanoseconds since 1970 end in April 2262. */
    @Test
    default void times_beyondWhatCanBeKept_areTheLastThatCan() throws Exception {
        assertThat(sh("touch -d '2900-01-01 00:00:00Z' f; stat -c %Y f")).isEqualTo("9223372036");
    }

    @Test
    default void times_ofASymlink_areItsOwn() throws Exception {
        assertThat(sh("touch -d @1000 f; ln -s f l; touch -h -d @2000 l; stat -c %Y f l"))
                .isEqualTo("1000\n2000");
    }

    @Test
    default void times_setToNow_areNow() throws Exception {
        sh("touch -d @1000 f; touch f; test $(( $(date +%s) - $(stat -c %Y f) )) -le 2");
    }

    @Test
    default void write_andTruncate_moveTheModificationTime() throws Exception {
        sh("""
                touch -d @1000 f g
                printf x >> f; test "$(stat -c %Y f)" -gt 1000
                truncate -s 10 g; test "$(stat -c %Y g)" -gt 1000
                """);
    }

    @Test
    default void times_setWhileWriting_stay() throws Exception {
        assertThat(sh("exec 3> f; printf abc >&3; touch -d @1000 f; exec 3>&-; stat -c %Y f"))
                .isEqualTo("1000");
    }

    @Test
    default void change_ofADirectory_movesItsTimes() throws Exception {
        sh("""
                mkdir d; touch -d @1000 d
                touch d/f; test "$(stat -c %Y d)" -gt 1000; touch -d @1000 d
                mv d/f d/g; test "$(stat -c %Y d)" -gt 1000; touch -d @1000 d
                rm d/g; test "$(stat -c %Y d)" -gt 1000
                """);
    }

    @Test
    default void chmod_movesTheChangeTimeAlone() throws Exception {
        sh("""
                touch -d @1000 f
                before=$(stat -c %.9Z f)
                chmod 600 f
                test "$(stat -c %Y f)" = 1000
                test "$(stat -c %.9Z f)" != "$before"
                """);
    }

    @Test
    default void space_isTold() throws Exception {
        FileStore store = Files.getFileStore(work());

        assertThat(store.getTotalSpace()).isPositive();
        assertThat(store.getUsableSpace()).isBetween(0L, store.getTotalSpace());
        assertThat(sh("stat -f -c %l .")).isEqualTo("255");
        sh("df . ; df -i .");
    }
}
