package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.cache.Budget.Use;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private final RealScheduler scheduler = RealScheduler.create();
    private final ByteBudget budget = new ByteBudget(scheduler, 1000);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void reserve_untilTheLimit_isExact() throws PoolException {
        budget.reserve(Use.CLEAN, 400, 0);
        budget.reserve(Use.STAGED, 600, 0);
        assertThat(budget.tryReserve(Use.CLEAN, 1)).isFalse();
        assertThat(budget.usedBytes(Use.CLEAN)).isEqualTo(400);
        assertThat(budget.usedBytes(Use.STAGED)).isEqualTo(600);
    }

    @Test
    void reserve_staged_takesAtMostThreeQuarters() throws PoolException {
        budget.reserve(Use.STAGED, 750, 0);
        assertThat(budget.tryReserve(Use.STAGED, 1)).isFalse();
        assertThat(budget.tryReserve(Use.CLEAN, 250)).isTrue();
    }

    @Test
    void reserve_moreThanEverFits_failsAtOnce() {
        assertFull(() -> budget.reserve(Use.STAGED, 751, Long.MAX_VALUE));
        assertFull(() -> budget.reserve(Use.CLEAN, 1001, Long.MAX_VALUE));
    }

    @Test
    void reserve_fullUntilTheDeadline_isNoSpace() throws PoolException {
        budget.reserve(Use.CLEAN, 1000, 0);
        assertFull(() -> budget.reserve(Use.CLEAN, 1, scheduler.deadlineAfter(Duration.ofMillis(20))));
    }

    @Test
    void reserve_full_waitsForARelease() throws PoolException {
        budget.reserve(Use.CLEAN, 1000, 0);
        Task waiter = scheduler.start("waiter", () -> budget.reserve(Use.CLEAN, 300, Long.MAX_VALUE));
        budget.release(Use.CLEAN, 200);
        budget.release(Use.CLEAN, 100);
        waiter.join(scheduler.deadlineAfter(Duration.ofSeconds(20)));
        assertThat(budget.usedBytes(Use.CLEAN)).isEqualTo(1000);
    }

    @Test
    void reserve_full_evictsFirst() throws PoolException {
        budget.reserve(Use.CLEAN, 1000, 0);
        budget.setEvictor((bytes, aheadToo) -> {
            budget.release(Use.CLEAN, bytes);
            return bytes;
        });
        budget.reserve(Use.STAGED, 700, 0);
        assertThat(budget.usedBytes(Use.CLEAN)).isEqualTo(300);
    }

    @Test
    void reserve_evictionFailsForAWhile_triesAgainThoughNothingChanges() throws PoolException {
        budget.reserve(Use.CLEAN, 1000, 0);
        AtomicBoolean refused = new AtomicBoolean();
        budget.setEvictor((bytes, aheadToo) -> {
            if (!refused.getAndSet(true)) {
                return 0;
            }
            budget.release(Use.CLEAN, bytes);
            return bytes;
        });

        Task waiter = scheduler.start("waiter", () -> budget.reserve(Use.CLEAN, 300, Long.MAX_VALUE));

        waiter.join(scheduler.deadlineAfter(Duration.ofSeconds(20)));
        assertThat(refused).isTrue();
    }

    @Test
    void reserve_stagedShareFull_evictsNothing() throws PoolException {
        AtomicBoolean asked = new AtomicBoolean();
        budget.setEvictor((bytes, aheadToo) -> {
            asked.set(true);
            return 0;
        });
        budget.reserve(Use.STAGED, 750, 0);
        assertThat(budget.tryReserve(Use.STAGED, 100)).isFalse();
        assertThat(asked).isFalse();
    }

    @Test
    void reserve_waiting_looksAgainWhenStagedBecameClean() throws PoolException {
        budget.reserve(Use.CLEAN, 250, 0);
        budget.reserve(Use.STAGED, 750, 0);
        AtomicBoolean evictable = new AtomicBoolean();
        budget.setEvictor((bytes, aheadToo) -> {
            if (evictable.get()) {
                budget.release(Use.CLEAN, bytes);
                return bytes;
            }
            return 0;
        });
        Task waiter = scheduler.start("waiter", () -> budget.reserve(Use.CLEAN, 100, Long.MAX_VALUE));
        Awaitility.await().during(Duration.ofMillis(30)).until(() -> !waiter.isDone());
        evictable.set(true);
        budget.convert(Use.STAGED, Use.CLEAN, 200);
        waiter.join(scheduler.deadlineAfter(Duration.ofSeconds(20)));
        assertThat(budget.usedBytes(Use.STAGED)).isEqualTo(550);
    }

    @Test
    void convert_toStaged_mayExceedItsShare() throws PoolException {
        budget.reserve(Use.CLEAN, 1000, 0);
        budget.convert(Use.CLEAN, Use.STAGED, 900);
        assertThat(budget.usedBytes(Use.STAGED)).isEqualTo(900);
        assertThat(budget.usedBytes(Use.CLEAN)).isEqualTo(100);
    }

    @Test
    void release_moreThanTaken_isAFault() throws PoolException {
        budget.reserve(Use.STAGED, 10, 0);
        assertThatThrownBy(() -> budget.release(Use.STAGED, 11)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> budget.release(Use.CLEAN, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void manyThreads_reserveAndRelease_neverExceedTheLimitAndNoneIsForgotten() throws PoolException {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long seed = i;
            Use use = i % 2 == 0 ? Use.CLEAN : Use.STAGED;
            tasks.add(scheduler.start("user", () -> {
                Random random = new Random(seed);
                for (int round = 0; round < 2000; round++) {
                    long bytes = 1L + random.nextInt(500);
                    budget.reserve(use, bytes, scheduler.deadlineAfter(Duration.ofSeconds(30)));
                    assertThat(budget.usedBytes(Use.STAGED)).isBetween(0L, 750L);
                    budget.release(use, bytes);
                }
            }));
        }
        for (Task task : tasks) {
            task.join(scheduler.deadlineAfter(Duration.ofSeconds(60)));
        }
        assertThat(budget.usedBytes(Use.CLEAN)).isZero();
        assertThat(budget.usedBytes(Use.STAGED)).isZero();
    }

    private static void assertFull(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
    }
}
