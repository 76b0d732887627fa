package io.poolfs.core.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.SimScheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UploadSlotsTest {
    private static final RemoteId REMOTE = new RemoteId(0, 1);
    private static final long BULK = 100L << 20;
    private static final long PACK = 1L << 20;
    private final SimScheduler scheduler = SimScheduler.ofSeed(1);
    private final UploadSlots slots = new UploadSlots(scheduler);
    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void take_somebodyWaitsOrItIsSmall_goesBeforeBulkThatCameEarlier() throws PoolException {
        scheduler.run("take", () -> {
            take(false, BULK);
            List<Task> waiting = List.of(
                    start("bulk", false, BULK),
                    start("awaited", true, BULK),
                    start("small", false, PACK),
                    start("both", true, PACK));
            sleep(1);
            slots.give(REMOTE);
            for (Task task : waiting) {
                task.join(Long.MAX_VALUE);
            }
        });
        assertThat(order).containsExactly("both", "awaited", "small", "bulk");
    }

    @Test
    void take_awaitedAndVerySmall_needsNoSlotToBecomeFree() throws PoolException {
        scheduler.run("take", () -> {
            take(false, BULK);
            Task bulk = start("bulk", false, BULK);
            start("note", true, UploadSlots.EXPRESS_BYTES).join(scheduler.deadlineAfter(Duration.ofMinutes(1)));
            slots.give(REMOTE);
            bulk.join(Long.MAX_VALUE);
        });
        assertThat(order).containsExactly("note", "bulk");
    }

    @Test
    void take_awaitedOnesKeepComing_bulkHasItsTurn() throws PoolException {
        scheduler.run("take", () -> {
            take(false, BULK);
            List<Task> waiting = new ArrayList<>();
            waiting.add(start("bulk", false, BULK));
            for (int i = 0; i < 20; i++) {
                sleep(5);
                waiting.add(start("awaited " + i, true, PACK));
            }
            slots.give(REMOTE);
            for (Task task : waiting) {
                task.join(Long.MAX_VALUE);
            }
        });
        assertThat(order.indexOf("bulk")).isBetween(1, 15);
    }

    private Task start(String name, boolean urgent, long bytes) throws PoolException {
        Task task = scheduler.start(name, () -> {
            take(urgent, bytes);
            order.add(name);
            slots.give(REMOTE);
        });
        sleep(1);
        return task;
    }

    private void take(boolean urgent, long bytes) throws PoolException {
        assertThat(slots.take(REMOTE, () -> 1, urgent, bytes, () -> false)).isTrue();
    }

    private void sleep(int seconds) throws PoolException {
        slots.pause(Duration.ofSeconds(seconds), () -> false);
    }
}
