package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reading directories, small and large. */
interface MountedListings extends MountedDirectory {
    int MANY = 100_000;

    @Test
    default void list_ofAnEmptyDirectory_hasTheDots() throws Exception {
        assertThat(sh("mkdir d; ls -a d")).isEqualTo(".\n..");
    }

    @Test
    default void list_dots_haveTheirInodeNumbers() throws Exception {
        sh("""
                mkdir -p d/e
                test "$(ls -ai d/e | awk '$2 == "." {print $1}')" = "$(stat -c %i d/e)"
                test "$(ls -ai d/e | awk '$2 == ".." {print $1}')" = "$(stat -c %i d)"
                """);
    }

    @Test
    default void list_tellsTheTypesOfEntries() throws Exception {
        assertThat(sh("""
                mkdir d; touch f; ln -s f l; mkfifo p
                find . -mindepth 1 -printf '%f %y\\n' | sort
                """)).isEqualTo("d d\nf f\nl l\np p");
    }

    @Test
    default void list_whileEntriesAreRemoved_missesNone() throws Exception {
        sh("mkdir d; cd d; seq 5000 | xargs touch; cd ..; rm -r d; test ! -e d");
    }

    @Test
    default void list_whileEntriesAreRenamed_seesTheOthersOnce() throws Exception {
        sh("""
                mkdir d; cd d; seq 3000 | xargs touch
                (for i in $(seq 1 2 300); do mv $i renamed-$i; done) &
                for round in 1 2 3 4 5; do
                  ls -f | grep -c '^[0-9]*[02468]$' >> ../counts
                done
                wait
                cd ..; test "$(sort -u counts)" = 1500
                """);
    }

    @Test
    default void list_of100000Entries_isComplete() throws Exception {
        Path directory = Files.createDirectory(in("many"));
        for (int i = 0; i < MANY; i++) {
            Files.createFile(directory.resolve("entry-number-" + i));
        }

        Set<String> names = new HashSet<>();
        try (var entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }

        assertThat(names).hasSize(MANY).contains("entry-number-0", "entry-number-99999");
        assertThat(sh("ls -l many | wc -l")).isEqualTo(Integer.toString(MANY + 1));
        sh("rm -r many");
    }
}
