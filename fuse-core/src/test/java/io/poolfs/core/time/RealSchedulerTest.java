package io.poolfs.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class RealSchedulerTest {
    private final RealScheduler scheduler = RealScheduler.create();

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void start_action_runsOnADaemonThreadOfItsName() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        AtomicReference<String> name = new AtomicReference<>();
        Task task = scheduler.start("ship", () -> {
            thread.set(Thread.currentThread());
            name.set(Thread.currentThread().getName());
        });
        task.join(Long.MAX_VALUE);
        assertThat(task.isDone()).isTrue();
        assertThat(name.get()).isEqualTo("ship");
        assertThat(thread.get().isDaemon()).isTrue();
    }

    @Test
    void join_actionFailed_throwsItsException() {
        PoolException failure = new PoolException(Reason.CORRUPT, "no");
        Task task = scheduler.start("bad", () -> {
            throw failure;
        });
        assertThatThrownBy(() -> task.join(Long.MAX_VALUE)).isSameAs(failure);
    }

    @Test
    void join_deadlinePassed_throwsTimeout() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task task = scheduler.start("slow", () -> await(release));
        assertThatThrownBy(() -> task.join(scheduler.deadlineAfter(Duration.ofMillis(5))))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.TIMEOUT, PoolException::reason);
        release.countDown();
        task.join(Long.MAX_VALUE);
    }

    @Test
    void startLater_delay_startsNotBefore() throws Exception {
        long before = scheduler.clock().monotonicNanos();
        AtomicReference<Long> at = new AtomicReference<>();
        scheduler
                .startLater(
                        Duration.ofMillis(20),
                        "later",
                        () -> at.set(scheduler.clock().monotonicNanos()))
                .join(Long.MAX_VALUE);
        assertThat(at.get() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
    }

    @Test
    void cancel_beforeTheStart_neverRuns() {
        AtomicBoolean ran = new AtomicBoolean();
        Task task = scheduler.startLater(Duration.ofHours(1), "never", () -> ran.set(true));
        task.cancel();
        assertThat(task.isDone()).isTrue();
        assertThatThrownBy(() -> task.join(Long.MAX_VALUE))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.CANCELLED, PoolException::reason);
        assertThat(ran).isFalse();
    }

    @Test
    void await_conditionBecomesTrue_returnsTrue() throws Exception {
        Monitor monitor = scheduler.newMonitor("box");
        AtomicInteger value = new AtomicInteger();
        Task waiter = scheduler.start("waiter", () -> {
            try (Monitor.Hold hold = monitor.enter()) {
                assertThat(monitor.await(() -> value.get() == 1, Long.MAX_VALUE))
                        .isTrue();
                value.set(2);
            }
        });
        try (Monitor.Hold hold = monitor.enter()) {
            value.set(1);
            monitor.signalAll();
        }
        waiter.join(Long.MAX_VALUE);
        assertThat(value.get()).isEqualTo(2);
    }

    @Test
    void await_deadlinePassed_returnsFalseWithTheLockHeld() throws Exception {
        Monitor monitor = scheduler.newMonitor("box");
        try (Monitor.Hold hold = monitor.enter()) {
            assertThat(monitor.await(() -> false, scheduler.deadlineAfter(Duration.ofMillis(5))))
                    .isFalse();
            assertThat(monitor.isHeldByCurrentThread()).isTrue();
        }
        assertThat(monitor.isHeldByCurrentThread()).isFalse();
    }

    @Test
    void await_interrupted_throwsAndClearsTheFlag() {
        Monitor monitor = scheduler.newMonitor("box");
        Thread.currentThread().interrupt();
        try (Monitor.Hold hold = monitor.enter()) {
            assertThatThrownBy(() -> monitor.await(() -> false, Long.MAX_VALUE))
                    .asInstanceOf(type(PoolException.class))
                    .returns(Reason.INTERRUPTED, PoolException::reason);
        }
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void close_runningAndWaitingTasks_waitsForTheOneAndCancelsTheOther() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        scheduler.start("running", () -> {
            started.countDown();
            await(release);
            ended.set(true);
        });
        await(started);
        Task waiting = scheduler.startLater(Duration.ofHours(1), "waiting", () -> {});
        Thread closer = new Thread(scheduler::close);
        closer.start();
        release.countDown();
        closer.join();
        assertThat(ended).isTrue();
        assertThat(waiting.isDone()).isTrue();
        assertThatThrownBy(() -> scheduler.start("late", () -> {}).join(Long.MAX_VALUE))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.CLOSED, PoolException::reason);
    }

    @Test
    void close_failureNobodyJoined_isLogged() {
        Logger logger = (Logger) LoggerFactory.getLogger(RealScheduler.class);
        ListAppender<ILoggingEvent> seen = new ListAppender<>();
        seen.start();
        logger.addAppender(seen);
        logger.setAdditive(false);
        try {
            scheduler.start("broken", () -> {
                throw new PoolException(Reason.LOCAL_IO, "disk is gone");
            });
            scheduler.start("bug", () -> {
                throw new IllegalStateException("bug");
            });
            Task asked = scheduler.start("asked", () -> {
                throw new PoolException(Reason.LOCAL_IO, "somebody knows");
            });
            assertThatThrownBy(() -> asked.join(Long.MAX_VALUE)).isInstanceOf(PoolException.class);
            scheduler.close();
            assertThat(seen.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactlyInAnyOrder(
                            "task broken failed and nobody asked: LOCAL_IO: disk is gone", "task bug died");
        } finally {
            logger.detachAppender(seen);
            logger.setAdditive(true);
        }
    }

    @Test
    void random_manyDraws_areDistinct() {
        Set<Long> longs = new HashSet<>();
        byte[] some = new byte[16];
        for (int i = 0; i < 10_000; i++) {
            longs.add(scheduler.random().nextLong());
            scheduler.random().nextBytes(some);
        }
        assertThat(longs).hasSize(10_000);
        assertThat(some).isNotEqualTo(new byte[16]);
        byte[] large = new byte[5000];
        scheduler.random().nextBytes(large);
        assertThat(large).isNotEqualTo(new byte[5000]);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
