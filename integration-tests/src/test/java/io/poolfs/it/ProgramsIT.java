package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Programs that people use, on a pool, and what they made read back by a daemon that has nothing cached. */
@TestInstance(Lifecycle.PER_CLASS)
@Order(1)
class ProgramsIT {
    /** Some of everything that rsync and tar carry over, and names that are hard to carry. */
    private static final String MAKE_TREE = """
            mkdir -p tree/a/b "tree/with space" tree/empty
            head -c 300000 /dev/urandom > tree/a/large
            for i in $(seq 60); do head -c $((i * 97)) /dev/urandom > tree/a/b/small$i; done
            printf x > "tree/with space/Grüße, Jürgen"
            printf y > "tree/with space/"$'tab\\tnew\\nline'
            ln tree/a/large tree/hard
            ln -s a/large tree/soft
            ln -s /nowhere tree/dangling
            mkfifo tree/fifo
            truncate -s 5M tree/sparse; printf end >> tree/sparse
            : > tree/nothing
            chmod 640 tree/a/large; chmod 2775 tree/a/b; chmod 000 tree/nothing
            chown 1234:4321 tree/a/b/small1
            setfattr -n user.colour -v blue tree/a/b/small2
            touch -d '2001-02-03 04:05:06.789012345' tree/a/b/small3 tree/a
            """;

    @TempDir
    static Path temp;

    private Machine machine;
    private Path mount;

    @BeforeAll
    void mount() throws Exception {
        machine = new Machine(temp.resolve("machine"));
        machine.init("media", Folders.make(temp, 3));
        mount = machine.mount("mnt");
    }

    @AfterAll
    void unmount() {
        machine.close();
    }

    @Test
    void git_cloneCommitRemount_isSound() throws Exception {
        run("""
                export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
                export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
                git init -q origin
                for i in $(seq 200); do mkdir -p origin/$((i % 10)); head -c $((i * 50)) /dev/urandom > origin/$((i % 10))/$i; done
                git -C origin add .; git -C origin commit -qm first
                git clone -q --no-local origin "$MNT/clone"
                cd "$MNT/clone"
                for i in $(seq 20); do echo $i >> 1/1; git commit -qam "change $i"; done
                git mv 2 renamed; git commit -qm moved
                git repack -adq
                git fsck --strict
                test -z "$(git status --porcelain)"
                """);
        remountCold();
        run(
                "cd $MNT/clone; git fsck --strict; test -z \"$(git status --porcelain)\"; test $(git rev-list --count HEAD) = 22");
    }

    @Test
    void sqlite_underLoad_isSound() throws Exception {
        run("""
                cd "$MNT"
                sqlite3 db 'PRAGMA journal_mode=DELETE; CREATE TABLE t(writer, n, payload)' > /dev/null
                write() {
                  for n in $(seq 8); do
                    echo ".timeout 60000"
                    echo "BEGIN IMMEDIATE;"
                    echo "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<200)"
                    echo "INSERT INTO t SELECT $1, $n, hex(randomblob(100)) FROM c;"
                    echo "COMMIT;"
                  done | sqlite3 -bail db
                }
                write 1 & first=$!; write 2 & second=$!; write 3 & third=$!
                wait $first; wait $second; wait $third
                test "$(sqlite3 db 'PRAGMA integrity_check')" = ok
                """);
        remountCold();
        assertThat(run("sqlite3 $MNT/db 'PRAGMA integrity_check; SELECT count(*) FROM t'"))
                .isEqualTo("ok\n4800\n");
    }

    @Test
    void sqlite_inWalMode_isSound() throws Exception {
        assertThat(run("""
                cd "$MNT"
                sqlite3 wal 'PRAGMA journal_mode=WAL; CREATE TABLE t(n)'
                for i in $(seq 10); do echo "INSERT INTO t VALUES($i);"; done | sqlite3 -bail wal
                sqlite3 wal 'INSERT INTO t VALUES(11)'
                sqlite3 wal 'PRAGMA integrity_check; SELECT sum(n) FROM t'
                """)).isEqualTo("wal\nok\n66\n");
    }

    @Test
    void rsync_twice_transfersNothingTheSecondTime() throws Exception {
        String rsync = "rsync -aHAX --numeric-ids --itemize-changes";
        run("mkdir rsync; cd rsync\n" + MAKE_TREE);
        assertThat(run(rsync + " rsync/tree/ $MNT/rsync/")).contains("a/b/small60");
        assertThat(run(rsync + " rsync/tree/ $MNT/rsync/")).isEmpty();
        remountCold();
        assertThat(run(rsync + " rsync/tree/ $MNT/rsync/")).isEmpty();
        assertThat(run(rsync + " --checksum rsync/tree/ $MNT/rsync/")).isEmpty();
        // A file changed, one gone, and back from the pool.
        run("echo more >> rsync/tree/a/large; rm rsync/tree/a/b/small9");
        assertThat(run(rsync + " --delete --inplace rsync/tree/ $MNT/rsync/")).contains("*deleting", " hard");
        assertThat(run(rsync + " --delete $MNT/rsync/ back/")).contains("a/large", "a/b/small60");
        assertThat(run(rsync + " --delete --checksum rsync/tree/ back/")).isEmpty();
    }

    @Test
    void tar_packedAndUnpacked_isTheSame() throws Exception {
        run("mkdir tar; cd tar\n" + MAKE_TREE + "tar --xattrs -cf t.tar -C tree .");
        run("mkdir $MNT/tar; cp tar/t.tar $MNT/; tar --xattrs -xpf $MNT/t.tar -C $MNT/tar");
        remountCold();
        assertThat(run("tar --compare -f $MNT/t.tar -C $MNT/tar; cmp tar/t.tar $MNT/t.tar"))
                .isEmpty();
        run("tar --xattrs -cf again.tar -C $MNT/tar .; mkdir out; tar --xattrs -xpf again.tar -C out");
        assertThat(run("rsync -aHAX --numeric-ids --itemize-changes --checksum --dry-run tar/tree/ out/"))
                .isEmpty();
    }

    @Test
    void cp_sparse_keepsHolesOutOfThePool() throws Exception {
        run(
                "truncate -s 300M holes; printf middle | dd of=holes bs=1M seek=200 conv=notrunc status=none; printf end >> holes");
        long before = onRemotes();
        run("cp --sparse=always holes $MNT/holes; cp --sparse=always $MNT/holes $MNT/holes2");
        machine.poolfs("flush").orFail();
        assertThat(onRemotes() - before).isLessThan(1_000_000);
        remountCold();
        run("cmp holes $MNT/holes; cmp holes $MNT/holes2; rm holes");
    }

    @Test
    void editor_savesByRename_keepsTheNewContent() throws Exception {
        run("""
                cd "$MNT"
                echo version 0 > note
                for i in $(seq 20); do
                  cp -p note .note.swp; echo version $i > note.new; sync note.new; mv note note~; mv note.new note; rm .note.swp
                done
                for i in $(seq 20); do echo line $i >> other.new; cp other.new o2; mv o2 other; done
                test "$(cat note)" = "version 20"; test "$(cat note~)" = "version 19"
                """);
        remountCold();
        assertThat(
                        run(
                                "cat $MNT/note $MNT/note~; wc -l < $MNT/other; ls -A $MNT | grep -c 'note.new\\|swp\\|o2' || true"))
                .isEqualTo("version 20\nversion 19\n20\n0\n");
    }

    @Test
    void video_writtenByFfmpeg_seeksFromAColdCache() throws Exception {
        run("""
                ffmpeg -nostdin -v error -f lavfi -i testsrc=size=640x360:rate=25 -t 30 -g 50 -c:v libx264 \\
                  -preset ultrafast -crf 12 -movflags +faststart $MNT/video.mp4
                cp $MNT/video.mp4 video.mp4
                """);
        remountCold();
        String frame = "ffmpeg -nostdin -v error -ss %s -i %s/video.mp4 -frames:v 1 -f framemd5 -";
        for (String at : new String[] {"27", "3", "14.5"}) {
            assertThat(run(frame.formatted(at, "$MNT"))).isEqualTo(run(frame.formatted(at, ".")));
        }
        run("""
                mpv --no-config --vo=null --ao=null --no-terminal --start=20 --length=0.5 $MNT/video.mp4
                cmp video.mp4 $MNT/video.mp4
                """);
    }

    /** Everything that is read afterwards comes from the remotes. */
    private void remountCold() {
        machine.unmount(mount);
        machine.coldCache("media");
        mount = machine.mount("mnt");
    }

    private long onRemotes() throws Exception {
        return Folders.bytes(temp.resolve("remote1"))
                + Folders.bytes(temp.resolve("remote2"))
                + Folders.bytes(temp.resolve("remote3"));
    }

    private String run(String script) {
        return Shell.run(Map.of("MNT", mount.toString()), temp, List.of("bash", "-euo", "pipefail", "-c", script))
                .orFail()
                .out();
    }
}
