package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeListTest {
    @TempDir
    private Path dir;

    private final RealScheduler scheduler = RealScheduler.create();
    private final LocalFiles files = RealFiles.create();
    private Set<Long> inMemory = Set.of();

    @AfterEach
    void close() {
        scheduler.close();
    }

    private ChangeList list() {
        return new ChangeList(scheduler, files, dir, () -> inMemory);
    }

    @Test
    void found_nothingThere_isUnknown() throws PoolException {
        assertThat(list().found()).isNull();
        list().renew(Set.of());
        assertThat(list().found()).isEmpty();
    }

    @Test
    void note_withoutClose_isFound() throws PoolException {
        ChangeList list = list();
        list.renew(Set.of(3L));
        list.note(-1);
        list.note(1L << 40);
        assertThat(list().found()).containsExactly(-1L, 3L, 1L << 40);
    }

    @Test
    void note_long_keepsWhatIsInMemory() throws PoolException, IOException {
        ChangeList list = list();
        list.renew(Set.of());
        for (long inode = 0; inode < 2 * ChangeList.SHORT; inode++) {
            inMemory = new HashSet<>(List.of(5L, inode));
            list.note(inode);
        }
        assertThat(list().found()).contains(5L, 2L * ChangeList.SHORT - 1).hasSizeLessThan(ChangeList.SHORT + 2);
        try (var all = Files.list(dir)) {
            assertThat(all).hasSize(1);
        }
    }

    @Test
    void found_cutShortWhileWrittenAnew_countsBoth() throws PoolException, IOException {
        ChangeList list = list();
        list.renew(Set.of(1L, 2L));
        Files.write(dir.resolve("changes.9"), new byte[] {7, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0});
        assertThat(list().found()).containsExactly(1L, 2L, 7L);
    }
}
