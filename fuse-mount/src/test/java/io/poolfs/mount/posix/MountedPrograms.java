package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do with files. */
interface MountedPrograms extends MountedDirectory {
    @Test
    default void git_initAndCommit_isSound() throws Exception {
        git(Command.here(), work());
    }

    @Test
    default void sqlite_insertsAndIntegrity_areSound() throws Exception {
        sqlite(Command.here(), work());
    }

    @Test
    default void rsync_twice_findsNothingToDoTheSecondTime(@TempDir Path outside) throws Exception {
        tree(outside);

        sh("rsync -aHX --delete \"$1\"/ copy/", outside);

        assertThat(sh("rsync -aHX --delete --itemize-changes \"$1\"/ copy/", outside))
                .isEmpty();
        assertThat(sh("rsync -aHXc --delete --dry-run --itemize-changes \"$1\"/ copy/", outside))
                .isEmpty();
        assertThat(sh("stat -c %h copy/hard")).isEqualTo("2");
    }

    @Test
    default void rsync_withAccessControlLists_succeeds(@TempDir Path outside) throws Exception {
        tree(outside);

        sh("rsync -aHAX \"$1\"/ copy/", outside);

        assertThat(sh("rsync -aHAX --itemize-changes \"$1\"/ copy/", outside)).isEmpty();
    }

    @Test
    default void tar_outAndIn_isTheSameTree(@TempDir Path outside) throws Exception {
        tree(outside);

        sh("""
                tar -C "$1" --xattrs -cf - . | (mkdir in; tar -C in --xattrs -xpf -)
                tar -C in -cf archive.tar .
                mkdir again; tar -C again -xpf archive.tar
                diff -r --no-dereference -x pipe "$1" again; test -p again/pipe
                test "$(stat -c '%a %Y' "$1"/exec)" = "$(stat -c '%a %Y' again/exec)"
                """, outside);
    }

    @Test
    default void copy_withEverything_isTheSameTree(@TempDir Path outside) throws Exception {
        tree(outside);

        sh(
                "cp -a \"$1\" copy; cp -a copy second; diff -r --no-dereference -x pipe \"$1\" second; test -p second/pipe",
                outside);
    }

    @Test
    default void compiler_styleOfTemporaryFiles_works() throws Exception {
        sh("""
                for i in $(seq 50); do
                  t=$(mktemp ./tmp.XXXXXX)
                  head -c $((i * 700)) /dev/urandom > "$t"
                  chmod 644 "$t"; mv "$t" object-$i
                done
                test "$(ls | wc -l)" = 50
                find . -name 'object-*' -newermt '2001-01-01' -size +1k | wc -l
                """);
    }

    @Test
    default void manyWriters_inParallel_areAllKept() throws Exception {
        sh("""
                for w in 1 2 3 4 5 6; do
                  (mkdir w$w; for i in $(seq 60); do head -c 20000 /dev/zero | tr '\\0' "$w" > w$w/$i; done) &
                done
                wait
                for w in 1 2 3 4 5 6; do
                  test "$(cat w$w/* | tr -d "$w" | wc -c)" = 0
                  test "$(cat w$w/* | wc -c)" = 1200000
                done
                """);
    }

    /** Shared with the part that does the same as another user. */
    static void git(Command command, Path directory) throws Exception {
        command.ok(directory, """
                export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
                export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
                git init -q repository; cd repository
                for i in $(seq 60); do echo "content $i" > file-$i; done
                git add .; git commit -qm first
                git checkout -qb other; echo more >> file-1; git rm -q file-2; git commit -qam second
                git checkout -q -; git merge -q other
                git gc -q; git fsck --strict
                test -z "$(git status --porcelain)"
                cd ..; git clone -q repository clone; diff -r -x .git repository clone
                """);
    }

    static void sqlite(Command command, Path directory) throws Exception {
        command.ok(directory, """
                for mode in delete wal; do
                  sqlite3 $mode.db "pragma journal_mode=$mode; create table t(a, b);" > /dev/null
                  for i in 1 2 3 4 5; do
                    sqlite3 $mode.db "begin; with recursive n(x) as (select 1 union all select x+1 from n where x<2000) \\
                      insert into t select x, hex(randomblob(20)) from n; commit;"
                  done
                  sqlite3 $mode.db "delete from t where a % 2; vacuum;"
                  test "$(sqlite3 $mode.db 'select count(*) from t; pragma integrity_check;')" = $'5000\\nok'
                done
                """);
    }

    /** A tree with something of everything. */
    private static void tree(Path directory) throws Exception {
        Command.here().ok(directory, """
                mkdir -p a/b/c empty; for i in $(seq 40); do head -c $((i * 1000)) /dev/urandom > a/b/f$i; done
                head -c 3000000 /dev/urandom > large
                truncate -s 2M sparse; printf end >> sparse
                ln large hard; ln -s a/b/f1 soft; ln -s nowhere dangling; mkfifo pipe
                printf '#!/bin/sh' > exec; chmod 755 exec; touch -d '2001-02-03 04:05:06.789Z' exec
                touch $'\\xff\\xfe' 'with space' $'with\\nbreak'
                setfattr -n user.note -v kept a/b/f1 || true
                """);
    }
}
