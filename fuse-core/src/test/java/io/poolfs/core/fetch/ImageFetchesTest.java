package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFetchesTest {
    @TempDir
    Path dir;

    private FetchFixture pool;
    private ImageFetches fetches;
    private final Track one = new Track(0, 0);
    private final Track other = new Track(0, 0);

    @BeforeEach
    void open() throws PoolException {
        pool = new FetchFixture(dir, 1 << 20, 1 << 20);
        Image image = pool.acquire(pool.file("f", pool.randomBytes(1 << 20), 1 << 20));
        fetches = new ImageFetches(image, pool.scheduler.newMonitor("fetch"), new Buffers());
    }

    @AfterEach
    void close() throws PoolException {
        pool.close();
    }

    @Test
    void use_coveredOffset_givesTheUnitThatIsThere() {
        FetchUnit first = fetches.use(5000, 0, 65_536, false, one);
        assertThat(fetches.use(60_000, 0, 65_536, false, other)).isSameAs(first);
        assertThat(fetches.use(70_000, 65_536, 131_072, false, other)).isNotSameAs(first);
    }

    @Test
    void use_betweenUnits_fillsTheGapOnly() {
        fetches.add(0, 8192, null, one);
        fetches.add(32_768, 40_960, null, one);
        FetchUnit unit = fetches.use(10_000, 0, 65_536, false, one);
        assertThat(unit.start).isEqualTo(8192);
        assertThat(unit.end).isEqualTo(32_768);
    }

    @Test
    void add_overUnits_addsWhatNoneCovers() {
        fetches.add(8192, 16_384, null, one);
        List<FetchUnit> added = fetches.add(100, 30_000, null, one);
        assertThat(added).extracting(unit -> unit.start).containsExactly(0L, 16_384L);
        assertThat(added).extracting(unit -> unit.end).containsExactly(8192L, 32_768L);
    }

    @Test
    void claim_second_isRefused() {
        FetchUnit unit = fetches.add(0, 4096, null, one).get(0);
        assertThat(fetches.claim(unit)).isTrue();
        assertThat(fetches.claim(unit)).isFalse();
    }

    @Test
    void use_ofWhatWasAbandoned_wantsItAgain() {
        FetchUnit running = fetches.add(0, 4096, null, one).get(0);
        assertThat(fetches.claim(running)).isTrue();
        fetches.cancel(one);
        assertThat(fetches.use(0, 0, 4096, false, other)).isSameAs(running);
        assertThat(running.abandoned).isFalse();
    }

    @Test
    void dropOutOfReach_unitThatItsReaderReachesLate_isGone() {
        FetchUnit far = fetches.add(1 << 20, 2 << 20, null, one).get(0);
        FetchUnit shared = fetches.add(2 << 20, 3 << 20, null, one).get(0);
        fetches.use(2 << 20, 2 << 20, 3 << 20, false, other);
        assertThat(fetches.dropOutOfReach(far)).isTrue();
        assertThat(fetches.isWaiting(far)).isFalse();
        assertThat(fetches.dropOutOfReach(shared)).isFalse();
        assertThat(fetches.isWaiting(shared)).isTrue();
    }

    @Test
    void cancel_endsWhatWaitsForThisStreamAlone() {
        FetchUnit waiting = fetches.add(0, 4096, null, one).get(0);
        FetchUnit running = fetches.add(4096, 8192, null, one).get(0);
        assertThat(fetches.claim(running)).isTrue();
        FetchUnit shared = fetches.add(8192, 12_288, null, one).get(0);
        assertThat(fetches.use(8192, 8192, 12_288, false, other)).isSameAs(shared);
        fetches.leave(shared);
        FetchUnit ofTheOther = fetches.add(12_288, 16_384, null, other).get(0);
        fetches.cancel(one);
        assertThat(waiting.state).isEqualTo(FetchUnit.State.ENDED);
        assertThat(running.state).isEqualTo(FetchUnit.State.RUNNING);
        assertThat(running.abandoned).isTrue();
        assertThat(shared.state).isEqualTo(FetchUnit.State.WAITING);
        assertThat(ofTheOther.state).isEqualTo(FetchUnit.State.WAITING);
        assertThat(fetches.claim(waiting)).isFalse();
    }
}
