package io.poolfs.core.fetch;

import static io.poolfs.core.fetch.FetchFixture.MIB;
import static io.poolfs.core.fetch.FetchFixture.extent;
import static io.poolfs.core.fetch.FetchFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files of one pack, read one after the other. */
class FilesAheadTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int FILES = 60;
    private static final int SIZE = 20_000;

    @TempDir
    Path dir;

    private FetchFixture pool;
    private byte[] pack;
    private Chunk chunk;
    private final List<Long> inodes = new ArrayList<>();

    @BeforeEach
    void open() throws PoolException {
        open(dir.resolve("usual"), 16L * MIB);
    }

    private void open(Path place, long readAheadBytes) throws PoolException {
        pool = new FetchFixture(place, 64L * MIB, readAheadBytes);
        inodes.clear();
        pack = pool.randomBytes(FILES * SIZE);
        chunk = pool.plant(0, pack);
        for (int i = 0; i < FILES; i++) {
            long inode = pool.fixture.file(Inode.ROOT, "file%03d".formatted(i));
            pool.commit(
                    inode,
                    0,
                    SIZE,
                    List.of(),
                    i == 0 ? List.of(chunk) : List.of(),
                    List.of(extent(chunk, pack, 0, i * SIZE, SIZE)));
            inodes.add(inode);
        }
    }

    @AfterEach
    void close() throws PoolException {
        pool.close();
    }

    private byte[] bytesOf(int file) {
        return Arrays.copyOfRange(pack, file * SIZE, (file + 1) * SIZE);
    }

    private byte[] readFile(int file) throws PoolException {
        Image image = pool.acquire(inodes.get(file));
        try (Fetcher.Stream stream = pool.fetcher.open(image)) {
            return read(stream, 0, SIZE);
        } finally {
            pool.images.release(image);
        }
    }

    private boolean isHere(int file) throws PoolException {
        Image image = pool.acquire(inodes.get(file));
        try {
            return image.absent(0, SIZE).isEmpty();
        } finally {
            pool.images.release(image);
        }
    }

    @Test
    void read_withoutReadAhead_bringsNothingBesides() throws PoolException {
        pool.close();
        open(dir.resolve("without"), 0);
        for (int i = 0; i < 4; i++) {
            assertThat(readFile(i)).isEqualTo(bytesOf(i));
        }
        for (int i = 4; i < FILES; i++) {
            assertThat(isHere(i)).isFalse();
        }
    }

    @Test
    void read_twoFilesInOrder_theNextComeWithOneRequest() throws PoolException {
        assertThat(readFile(0)).isEqualTo(bytesOf(0));
        assertThat(readFile(1)).isEqualTo(bytesOf(1));
        Awaitility.await().atMost(LONG).until(() -> isHere(15));
        assertThat(pool.gets()).isEqualTo(3);
        for (int i = 2; i < 10; i++) {
            assertThat(readFile(i)).isEqualTo(bytesOf(i));
        }
    }

    @Test
    void read_wholeDirectory_takesFewRequestsAndGivesRightBytes() throws PoolException {
        for (int i = 0; i < FILES; i++) {
            assertThat(readFile(i)).as("file " + i).isEqualTo(bytesOf(i));
            int next = Math.min(FILES - 1, i + 1);
            if (i > 0) {
                Awaitility.await().atMost(LONG).until(() -> isHere(next));
            }
        }
        assertThat(pool.gets()).isLessThan(FILES / 4);
    }

    /** The kernel may read them by itself. */
    @Test
    void open_filesThatAreHere_goesOnWithTheWalk() throws PoolException {
        readFile(0);
        readFile(1);
        Awaitility.await().atMost(LONG).until(() -> isHere(15));
        for (int i = 2; i < 16; i++) {
            Image image = pool.acquire(inodes.get(i));
            pool.fetcher.open(image).close();
            pool.images.release(image);
        }
        Awaitility.await().atMost(LONG).until(() -> isHere(30));
    }

    @Test
    void read_filesFarApart_fetchesNothingElse() throws PoolException {
        for (int i : new int[] {0, 50, 10, 58}) {
            assertThat(readFile(i)).isEqualTo(bytesOf(i));
        }
        assertThat(pool.gets()).isEqualTo(4);
    }

    @Test
    void read_besideADamagedFile_onlyThatOneFails() throws PoolException {
        byte[] damaged = pack.clone();
        damaged[5 * SIZE + 7]++;
        pool.remotes.get(0).bucket().plant(chunk.id().hex(), damaged);
        for (int i = 0; i < 12; i++) {
            int file = i;
            if (i == 5) {
                assertThatThrownBy(() -> readFile(file))
                        .isInstanceOfSatisfying(
                                PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
            } else {
                assertThat(readFile(i)).isEqualTo(bytesOf(i));
            }
        }
    }

    @Test
    void read_remoteDown_failsAsWithoutThat() throws PoolException {
        readFile(0);
        pool.remotes.get(0).bucket().setDown(true);
        for (int i = 1; i < 5; i++) {
            int file = i;
            assertThatThrownBy(() -> readFile(file)).isInstanceOf(PoolException.class);
        }
        pool.remotes.get(0).bucket().setDown(false);
        assertThat(readFile(5)).isEqualTo(bytesOf(5));
    }
}
