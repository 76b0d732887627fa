package io.poolfs.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.SimScheduler.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SimSchedulerTest {
    @Test
    void run_sameSeed_givesTheSameTrace() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(exchange(seed)).isEqualTo(exchange(seed));
        }
    }

    @Test
    void run_differentSeeds_giveDifferentOrders() throws Exception {
        Set<List<Integer>> orders = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            orders.add(exchange(seed).order);
        }
        assertThat(orders).hasSizeGreaterThan(20);
    }

    @Test
    void run_unguardedCounter_losesUpdatesUnderSomeSeed() throws Exception {
        boolean lost = false;
        for (long seed = 0; seed < 100 && !lost; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            AtomicInteger counter = new AtomicInteger();
            sim.run("main", () -> {
                Action increment = () -> {
                    int before = counter.get();
                    sim.yieldPoint("between");
                    counter.set(before + 1);
                };
                Task a = sim.start("a", increment);
                Task b = sim.start("b", increment);
                a.join(Long.MAX_VALUE);
                b.join(Long.MAX_VALUE);
            });
            lost = counter.get() == 1;
        }
        assertThat(lost).isTrue();
    }

    @Test
    void monitor_counterUnderIt_losesNothing() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            Monitor monitor = sim.newMonitor("counter");
            AtomicInteger counter = new AtomicInteger();
            sim.run("main", () -> {
                List<Task> tasks = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    tasks.add(sim.start("add", () -> {
                        try (Monitor.Hold hold = monitor.enter();
                                Monitor.Hold again = monitor.enter()) {
                            int before = counter.get();
                            sim.yieldPoint("between");
                            counter.set(before + 1);
                        }
                    }));
                }
                for (Task task : tasks) {
                    task.join(Long.MAX_VALUE);
                }
            });
            assertThat(counter.get()).isEqualTo(4);
        }
    }

    @Test
    void await_deadline_firesBySimulatedTime() throws Exception {
        SimScheduler sim = SimScheduler.ofSeed(1);
        Monitor monitor = sim.newMonitor("never");
        long before = System.nanoTime();
        sim.run("main", () -> {
            long deadline = sim.deadlineAfter(Duration.ofHours(5));
            try (Monitor.Hold hold = monitor.enter()) {
                assertThat(monitor.await(() -> false, deadline)).isFalse();
                assertThat(monitor.isHeldByCurrentThread()).isTrue();
            }
            assertThat(sim.clock().monotonicNanos())
                    .isBetween(deadline, deadline + Duration.ofMillis(1).toNanos());
        });
        assertThat(System.nanoTime() - before).isLessThan(Duration.ofSeconds(20).toNanos());
    }

    @Test
    void startLater_delays_runInTheirOrder() throws Exception {
        SimScheduler sim = SimScheduler.ofSeed(1);
        List<Integer> order = new ArrayList<>();
        sim.run("main", () -> {
            Task late = sim.startLater(Duration.ofMinutes(2), "late", () -> order.add(2));
            sim.startLater(Duration.ofMinutes(1), "early", () -> order.add(1));
            Task never = sim.startLater(Duration.ofSeconds(1), "never", () -> order.add(3));
            never.cancel();
            late.join(Long.MAX_VALUE);
            assertThat(never.isDone()).isTrue();
        });
        assertThat(order).containsExactly(1, 2);
    }

    @Test
    void join_failedOrLateTask_throws() throws Exception {
        SimScheduler sim = SimScheduler.ofSeed(1);
        sim.run("main", () -> {
            Task bad = sim.start("bad", () -> {
                throw new PoolException(Reason.CORRUPT, "no");
            });
            fails(Reason.CORRUPT, bad);
            Task slow = sim.startLater(Duration.ofHours(1), "slow", () -> {});
            assertThatThrownBy(() -> slow.join(sim.deadlineAfter(Duration.ofMinutes(1))))
                    .asInstanceOf(type(PoolException.class))
                    .returns(Reason.TIMEOUT, PoolException::reason);
        });
    }

    @Test
    void run_crossedLocks_areADeadlockUnderSomeSeed() throws Exception {
        boolean found = false;
        for (long seed = 0; seed < 100 && !found; seed++) {
            SimScheduler sim = SimScheduler.ofSeed(seed);
            Monitor a = sim.newMonitor("a");
            Monitor b = sim.newMonitor("b");
            try {
                sim.run("main", () -> {
                    Task other = sim.start("other", () -> both(b, a));
                    both(a, b);
                    other.join(Long.MAX_VALUE);
                });
            } catch (StuckException e) {
                found = true;
                assertThat(e).hasMessageContainingAll("deadlock", "wants a (held by", "wants b (held by", "both");
            }
        }
        assertThat(found).isTrue();
    }

    @Test
    void run_endlessTask_isStuckAtTheLimit() {
        SimScheduler sim = SimScheduler.ofSeed(1);
        sim.limitSteps(1000);
        assertThatThrownBy(() -> sim.run("main", () -> {
                    while (true) {
                        sim.yieldPoint("round");
                    }
                }))
                .isInstanceOf(StuckException.class)
                .hasMessageContaining("main is at round");
    }

    @Test
    void run_unjoinedTaskDies_isTold() {
        SimScheduler sim = SimScheduler.ofSeed(1);
        assertThatThrownBy(() -> sim.run("main", () -> {
                    sim.start("bug", () -> {
                        throw new IllegalArgumentException("bug");
                    });
                    Monitor monitor = sim.newMonitor("sleep");
                    try (Monitor.Hold hold = monitor.enter()) {
                        monitor.await(() -> false, sim.deadlineAfter(Duration.ofSeconds(1)));
                    }
                }))
                .hasMessage("task bug died")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stopAfter_anyStep_endsAllTasksAndTheWorldGoesOn() throws Exception {
        long all = exchange(7).steps;
        for (long step = 1; step < all; step++) {
            SimScheduler sim = SimScheduler.ofSeed(7);
            AtomicInteger alive = new AtomicInteger();
            sim.stopAfter(step);
            assertThat(sim.run("main", () -> exchange(sim, new ArrayList<>(), alive)))
                    .isEqualTo(Outcome.CRASHED);
            assertThat(alive.get()).isZero();
            assertThat(sim.dump()).isEmpty();
            List<Integer> order = new ArrayList<>();
            assertThat(sim.run("again", () -> exchange(sim, order, alive))).isEqualTo(Outcome.ENDED);
            assertThat(order).hasSize(40);
        }
    }

    @Test
    void crash_ofAWaitingTask_givesItsMonitorsBackAndStopsItsEffects() throws Exception {
        SimScheduler sim = SimScheduler.ofSeed(3);
        Monitor world = sim.newMonitor("world");
        AtomicBoolean effect = new AtomicBoolean();
        AtomicBoolean cleaned = new AtomicBoolean();
        sim.run("main", () -> {
            sim.start("waiter", () -> {
                try (Monitor.Hold hold = world.enter()) {
                    world.await(() -> false, Long.MAX_VALUE);
                } finally {
                    cleaned.set(true);
                    sim.yieldPoint("an effect");
                    effect.set(true);
                }
            });
            Monitor sleep = sim.newMonitor("sleep");
            try (Monitor.Hold hold = sleep.enter()) {
                sleep.await(() -> false, sim.deadlineAfter(Duration.ofSeconds(1)));
            }
        });
        assertThat(sim.dump()).contains("waits in world");
        sim.crash();
        assertThat(cleaned).isTrue();
        assertThat(effect).isFalse();
        sim.run("next", () -> {
            try (Monitor.Hold hold = world.enter()) {
                assertThat(world.isHeldByCurrentThread()).isTrue();
            }
        });
    }

    @Test
    void crash_taskThatCatchesTheKill_isTold() {
        SimScheduler sim = SimScheduler.ofSeed(3);
        assertThatThrownBy(() -> sim.run("main", () -> {
                    sim.start("immortal", () -> {
                        while (true) {
                            try {
                                sim.yieldPoint("on and on");
                            } catch (Error e) {
                                // what no code may do
                            }
                        }
                    });
                    for (int i = 0; i < 100; i++) {
                        sim.yieldPoint("let it start");
                    }
                    sim.crash();
                }))
                .hasRootCauseMessage("task immortal catches what should end it");
    }

    @Test
    void random_sameSeed_isTheSame() {
        assertThat(SimScheduler.ofSeed(5).random().nextLong())
                .isEqualTo(SimScheduler.ofSeed(5).random().nextLong());
    }

    private record Exchange(List<Integer> order, long hash, long steps) {}

    private static Exchange exchange(long seed) throws PoolException {
        SimScheduler sim = SimScheduler.ofSeed(seed);
        List<Integer> order = new ArrayList<>();
        assertThat(sim.run("main", () -> exchange(sim, order, new AtomicInteger())))
                .isEqualTo(Outcome.ENDED);
        return new Exchange(order, sim.traceHash(), sim.steps());
    }

    /** Two producers and two consumers around a box for one. */
    private static void exchange(Scheduler sim, List<Integer> order, AtomicInteger alive) throws PoolException {
        Monitor box = sim.newMonitor("box");
        List<Integer> content = new ArrayList<>();
        List<Task> tasks = new ArrayList<>();
        alive.incrementAndGet();
        try {
            for (int id = 0; id < 2; id++) {
                int base = id * 100;
                tasks.add(sim.start(
                        "producer",
                        () -> counted(alive, () -> {
                            for (int i = 0; i < 20; i++) {
                                try (Monitor.Hold hold = box.enter()) {
                                    box.await(content::isEmpty, Long.MAX_VALUE);
                                    content.add(base + i);
                                    box.signalAll();
                                }
                            }
                        })));
                tasks.add(sim.start(
                        "consumer",
                        () -> counted(alive, () -> {
                            for (int i = 0; i < 20; i++) {
                                try (Monitor.Hold hold = box.enter()) {
                                    box.await(() -> !content.isEmpty(), Long.MAX_VALUE);
                                    order.add(content.remove(0));
                                    box.signalAll();
                                }
                            }
                        })));
            }
            for (Task task : tasks) {
                task.join(Long.MAX_VALUE);
            }
        } finally {
            alive.decrementAndGet();
        }
    }

    private static void counted(AtomicInteger alive, Action action) throws PoolException {
        alive.incrementAndGet();
        try {
            action.run();
        } finally {
            alive.decrementAndGet();
        }
    }

    private static void both(Monitor first, Monitor second) {
        try (Monitor.Hold one = first.enter();
                Monitor.Hold two = second.enter()) {
            assertThat(second.isHeldByCurrentThread()).isTrue();
        }
    }

    private static void fails(Reason reason, Task task) {
        assertThatThrownBy(() -> task.join(Long.MAX_VALUE))
                .asInstanceOf(type(PoolException.class))
                .returns(reason, PoolException::reason);
    }
}
