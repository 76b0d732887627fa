package io.poolfs.core.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Timetable;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.SimScheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits by the time of day, in simulated time. */
class BandwidthTest {
    private static final long MIB = 1 << 20;

    private final SimScheduler scheduler = SimScheduler.ofSeed(11);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void upload_timetable_followsTheTimeOfDay() throws Exception {
        run(() -> {
            LocalTime now = LocalTime.ofInstant(
                    Instant.EPOCH.plusNanos(scheduler.clock().wallNanos()), ZoneId.systemDefault());
            Timetable table = new Timetable(List.of(
                    new Timetable.Change(now.minusMinutes(1), MIB), new Timetable.Change(now.plusMinutes(10), 0)));
            Bandwidth limit = new Bandwidth(scheduler, "test", table);
            assertThat(limit.bytesPerSecond()).isEqualTo(MIB);
            long begun = now();
            assertThat(limit.upload(3600 * MIB, Long.MAX_VALUE)).isTrue();
            // An hour of debt; after ten minutes nothing is limited any more.
            assertThat(limit.upload(MIB, Long.MAX_VALUE)).isTrue();
            assertThat(Duration.ofNanos(now() - begun)).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(12));
            assertThat(limit.bytesPerSecond()).isZero();
        });
    }

    @Test
    void set_whileOneWaits_takesEffectAtOnce() throws Exception {
        run(() -> {
            Bandwidth limit = new Bandwidth(scheduler, "test", Timetable.constant(MIB));
            limit.upload(3600 * MIB, Long.MAX_VALUE);
            long begun = now();
            Task waiting = scheduler.start("waiting", () -> limit.upload(MIB, Long.MAX_VALUE));
            rest(Duration.ofSeconds(5));
            limit.set(Timetable.NO_LIMIT);
            waiting.join(Long.MAX_VALUE);
            assertThat(Duration.ofNanos(now() - begun)).isLessThan(Duration.ofSeconds(6));
        });
    }

    @Test
    void upload_small_waitsForOtherSmallOnesOnly() throws Exception {
        run(() -> {
            Bandwidth limit = new Bandwidth(scheduler, "test", Timetable.constant(MIB));
            limit.upload(100 * MIB, Long.MAX_VALUE);
            long begun = now();
            for (int i = 0; i < 40; i++) {
                assertThat(limit.upload(MIB / 4, Long.MAX_VALUE)).isTrue();
            }
            assertThat(Duration.ofNanos(now() - begun)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
            // What the small ones took is missing to the large ones.
            limit.upload(MIB, Long.MAX_VALUE);
            assertThat(Duration.ofNanos(now() - begun)).isBetween(Duration.ofSeconds(107), Duration.ofSeconds(111));
        });
    }

    @Test
    void upload_andDownload_areLimitedEach() throws Exception {
        run(() -> {
            Bandwidth limit = new Bandwidth(scheduler, "test", Timetable.constant(MIB));
            limit.upload(100 * MIB, Long.MAX_VALUE);
            long begun = now();
            assertThat(limit.download(MIB, now() + 1)).isTrue();
            assertThat(limit.upload(MIB, now() + MIB)).isFalse();
            assertThat(Duration.ofNanos(now() - begun)).isLessThan(Duration.ofSeconds(1));
        });
    }

    private void run(Action action) throws PoolException {
        scheduler.run("test", action);
    }

    private long now() {
        return scheduler.clock().monotonicNanos();
    }

    private void rest(Duration time) throws PoolException {
        Monitor nobody = scheduler.newMonitor("rest");
        try (Monitor.Hold hold = nobody.enter()) {
            nobody.await(() -> false, scheduler.deadlineAfter(time));
        }
    }
}
