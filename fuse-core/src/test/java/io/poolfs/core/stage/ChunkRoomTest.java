package io.poolfs.core.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.cache.Budget.Use;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.SimScheduler;
import io.poolfs.core.time.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkRoomTest {
    private static final long CHUNK = 100;
    private final SimScheduler scheduler = SimScheduler.ofSeed(1);
    private final FakeBudget budget = new FakeBudget(1000);
    private final ChunkRoom room = new ChunkRoom(scheduler, budget, CHUNK);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void take_stagedShareFullOfDirtyBytes_stillGivesOneChunk() throws PoolException {
        budget.reserve(Use.STAGED, budget.stagedLimitBytes(), 0);
        scheduler.run("take", () -> {
            ChunkRoom.Share share = room.take(CHUNK, () -> false);
            assertThat(budget.usedBytes(Use.STAGED)).isEqualTo(850);
            assertThat(share.resize(CHUNK + 1)).isFalse();
            share.close();
        });
        assertThat(budget.usedBytes(Use.STAGED)).isEqualTo(750);
        assertThat(budget.usedBytes(Use.CLEAN)).isZero();
    }

    @Test
    void take_halfTheShareTaken_waitsUntilSomeIsGivenBack() throws PoolException {
        scheduler.run("take", () -> {
            ChunkRoom.Share first = room.take(300, () -> false);
            Task second = scheduler.start("second", () -> room.take(CHUNK, () -> false));
            assertThatThrownBy(() -> second.join(scheduler.clock().monotonicNanos() + 1_000_000_000))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
            first.close();
            second.join(Long.MAX_VALUE);
            assertThat(room.takenBytes()).isEqualTo(CHUNK);
        });
    }

    @Test
    void take_stopped_isCancelled() throws PoolException {
        scheduler.run("take", () -> {
            room.take(300, () -> false);
            assertThatThrownBy(() -> room.take(CHUNK, () -> true))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
        });
    }
}
