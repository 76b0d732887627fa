package io.poolfs.core.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitQueueTest {
    private static final long MS = 1_000_000;
    private static final long KIB = 1 << 10;
    private static final long PACK = 1000 * KIB;

    private final CommitQueue queue = new CommitQueue(PACK, Duration.ofSeconds(30), Duration.ofSeconds(1));
    private long nextInode = 1;

    @Test
    void next_smallFilesClosedWithinTheWindow_shareABatch() {
        due(10 * KIB, 0);
        due(20 * KIB, 300 * MS);
        assertThat(queue.next(900 * MS, 4)).isNull();
        assertThat(queue.nextNanos(4)).isEqualTo(1000 * MS);
        CommitQueue.Batch batch = queue.next(1000 * MS, 4);
        assertThat(batch.works()).hasSize(2);
        assertThat(batch.urgent()).isFalse();
        assertThat(queue.next(5000 * MS, 4)).isNull();
        assertThat(queue.nextNanos(4)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void next_filesKeepComing_waitsAFewWindowsForThem() {
        for (int i = 0; i < 40; i++) {
            due(KIB, i * 100L * MS);
        }
        assertThat(queue.next(3950 * MS, 4)).isNull();
        assertThat(queue.next(4000 * MS, 4).works()).hasSize(40);
    }

    @Test
    void next_packIsFull_goesBeforeTheWindowEnds() {
        due(600 * KIB, 0);
        due(600 * KIB, MS);
        assertThat(queue.next(MS, 4).works()).hasSize(1);
        assertThat(queue.next(MS, 4)).isNull();
    }

    @Test
    void next_windowOverAndManyLanes_dividesWhatThereIs() {
        for (int i = 0; i < 9; i++) {
            due(100 * KIB, 0);
        }
        assertThat(queue.next(1000 * MS, 8).works()).hasSize(5);
        assertThat(queue.next(1000 * MS, 7).works()).hasSize(4);
    }

    @Test
    void next_largeFile_goesAloneAndAtOnce() {
        due(KIB, 0);
        FileWork large = due(PACK + 1, 0);
        assertThat(queue.next(0, 4).works()).containsExactly(large);
        assertThat(queue.next(0, 4)).isNull();
    }

    @Test
    void next_somebodyWaits_goesFirstAndWithOthersThatAreAwaited() {
        due(PACK + 1, 0);
        due(KIB, 0);
        FileWork first = awaited(KIB, 10 * MS);
        FileWork second = awaited(KIB, 12 * MS);
        CommitQueue.Batch batch = queue.next(20 * MS, 4);
        assertThat(batch.works()).containsExactly(first, second);
        assertThat(batch.urgent()).isTrue();
    }

    @Test
    void next_noLaneFree_takesOnlyWhatIsAwaitedOrHasNoBytes() {
        due(PACK, 0);
        assertThat(queue.next(10_000 * MS, 0)).isNull();
        FileWork empty = due(0, 0);
        assertThat(queue.next(10_000 * MS, 0).works()).containsExactly(empty);
        FileWork awaited = awaited(KIB, 10_000 * MS);
        assertThat(queue.next(10_100 * MS, -1).works()).containsExactly(awaited);
        assertThat(queue.nextNanos(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void next_streamOfAwaitedFiles_doesNotStarveTheOthers() {
        FileWork old = due(PACK + 1, 0);
        for (int second = 0; second < 100; second++) {
            awaited(KIB, second * 1000L * MS);
            CommitQueue.Batch batch = queue.next(second * 1000L * MS + 500 * MS, 1);
            if (batch.works().contains(old)) {
                assertThat(second).isBetween(30, 31);
                return;
            }
        }
        throw new AssertionError("the old file never came");
    }

    @Test
    void age_closedNever_isDueWhenOldEnough() {
        FileWork work = work(0);
        queue.age(work, 5 * MS);
        assertThat(queue.next(30_000 * MS, 4)).isNull();
        assertThat(queue.nextNanos(4)).isEqualTo(30_005 * MS);
        assertThat(queue.next(30_005 * MS, 4)).isNull();
        assertThat(queue.next(31_005 * MS, 4).works()).containsExactly(work);
    }

    @Test
    void due_whileRunning_isRememberedAndNotGivenTwice() {
        FileWork work = due(PACK + 1, 0);
        queue.next(0, 4);
        queue.due(work, 5, false, MS);
        assertThat(work.dueAfterRun).isTrue();
        assertThat(queue.next(100_000 * MS, 4)).isNull();
    }

    @Test
    void pause_afterFailure_comesBackAtItsTime() {
        FileWork work = due(PACK + 1, 0);
        queue.next(0, 4);
        queue.ended(work);
        queue.pause(work, 500 * MS, 0);
        queue.due(work, 5, false, MS);
        assertThat(queue.next(499 * MS, 4)).isNull();
        assertThat(queue.nextNanos(4)).isEqualTo(500 * MS);
        assertThat(queue.next(2000 * MS, 4)).isNull();
        assertThat(queue.next(3000 * MS, 4).works()).containsExactly(work);
    }

    /** Whatever comes, everything is given once, in batches that keep the limits. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void next_anyLoad_givesEverythingOnce(long seed) {
        Random random = new Random(seed);
        Set<FileWork> waiting = new HashSet<>();
        List<CommitQueue.Batch> batches = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 3000; i++) {
            now += random.nextInt(20) * MS;
            long bytes = random.nextInt(20) == 0 ? random.nextInt(3 * (int) PACK) : random.nextInt((int) (40 * KIB));
            waiting.add(random.nextInt(10) == 0 ? awaited(bytes, now) : due(bytes, now));
            take(now, 1 + random.nextInt(8), waiting, batches);
        }
        take(now + 10_000 * MS, 8, waiting, batches);
        assertThat(waiting).isEmpty();
        assertThat(batches.stream().mapToInt(b -> b.works().size()).sum()).isEqualTo(3000);
    }

    private void take(long now, int lanes, Set<FileWork> waiting, List<CommitQueue.Batch> batches) {
        CommitQueue.Batch batch;
        while ((batch = queue.next(now, lanes)) != null) {
            for (FileWork work : batch.works()) {
                assertThat(waiting.remove(work)).isTrue();
                assertThat(work.place).isEqualTo(FileWork.Place.RUNNING);
            }
            long bytes = batch.works().stream().mapToLong(w -> w.bytes).sum();
            assertThat(batch.works().size() == 1 || bytes <= PACK).isTrue();
            batches.add(batch);
        }
    }

    private FileWork work(long bytes) {
        FileWork work = new FileWork(nextInode++);
        work.bytes = bytes;
        return work;
    }

    private FileWork due(long bytes, long now) {
        FileWork work = work(0);
        queue.age(work, now);
        queue.due(work, bytes, false, now);
        return work;
    }

    private FileWork awaited(long bytes, long now) {
        FileWork work = work(0);
        queue.age(work, now);
        queue.due(work, bytes, true, now);
        return work;
    }
}
