package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduler of a running pool: pooled daemon threads that carry their task's name, one timer thread, the system's
 * clock and its strong randomness. Whoever created it closes it, after everything that uses it.
 *
 * <p>A failure that nobody joins is logged: unchecked ones at once, a {@link PoolException} when nobody joined within
 * some seconds, or at the close.
 */
public final class RealScheduler implements Scheduler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RealScheduler.class);
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(10);
    private static final Duration JOIN_GRACE = Duration.ofSeconds(10);
    private static final long IDLE_THREAD_SECONDS = 30;
    private static final String IDLE_NAME = "poolfs-idle";

    private final Clock clock = new SystemClock();
    private final Randomness random = new StrongRandomness();
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            body -> daemon(IDLE_NAME, body));
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, body -> daemon("poolfs-timer", body));
    private final Set<RealTask> live = ConcurrentHashMap.newKeySet();
    private final Set<RealTask> unreported = ConcurrentHashMap.newKeySet();

    private RealScheduler() {
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    public static RealScheduler create() {
        return new RealScheduler();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Randomness random() {
        return random;
    }

    /** After the close the task is refused: its join says CLOSED. */
    @Override
    public Task start(String name, Action action) {
        RealTask task = new RealTask(name, action, clock);
        live.add(task);
        submit(task);
        return task;
    }

    /** After the close the task is refused: its join says CLOSED. */
    @Override
    public Task startLater(Duration delay, String name, Action action) {
        RealTask task = new RealTask(name, action, clock);
        live.add(task);
        try {
            Future<?> alarm = timer.schedule(() -> submit(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            task.whenCancelled(() -> {
                alarm.cancel(false);
                live.remove(task);
            });
        } catch (RejectedExecutionException e) {
            refuse(task);
        }
        return task;
    }

    @Override
    public Monitor newMonitor(String name) {
        return new RealMonitor(name, clock);
    }

    @Override
    public void yieldPoint(String where) {
        // Only the simulation stops here.
    }

    /** Closes with a bound of ten seconds. */
    @Override
    public void close() {
        close(CLOSE_BOUND);
    }

    /**
     * Cancels what is not yet due and waits for the rest up to the bound. What runs longer is named in the log and
     * left behind: interrupting a thread could hurt what it works on. Not to be called by a task of this scheduler.
     */
    public void close(Duration bound) {
        timer.shutdown();
        for (RealTask task : live) {
            if (!task.isDue()) {
                task.cancel();
            }
        }
        pool.shutdown();
        try {
            if (!pool.awaitTermination(bound.toNanos(), TimeUnit.NANOSECONDS)) {
                List<String> names = live.stream().map(RealTask::name).sorted().toList();
                LOG.warn("tasks still running {} after the stop was asked for: {}", bound, names);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (RealTask task : unreported) {
            report(task);
        }
    }

    private void submit(RealTask task) {
        task.due();
        try {
            pool.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            refuse(task);
        }
    }

    private void refuse(RealTask task) {
        live.remove(task);
        task.refuse(new PoolException(Reason.CLOSED, "task " + task.name() + ": the scheduler is closed"));
    }

    private void run(RealTask task) {
        Thread thread = Thread.currentThread();
        thread.setName(task.name());
        try {
            task.run();
        } finally {
            thread.setName(IDLE_NAME);
            live.remove(task);
            noticeFailure(task);
        }
    }

    private void noticeFailure(RealTask task) {
        Throwable failure = task.failure();
        if (failure == null || task.isJoined()) {
            return;
        }
        if (!(failure instanceof PoolException)) {
            report(task);
            return;
        }
        unreported.add(task);
        try {
            timer.schedule(() -> report(task), JOIN_GRACE.toNanos(), TimeUnit.NANOSECONDS)
                    .isDone();
        } catch (RejectedExecutionException e) {
            report(task);
        }
    }

    private void report(RealTask task) {
        unreported.remove(task);
        Throwable failure = task.failure();
        if (failure instanceof PoolException e && !task.isJoined() && e.reason() != Reason.CANCELLED) {
            LOG.warn("task {} failed and nobody asked: {}: {}", task.name(), e.reason(), e.getMessage(), e);
        } else if (failure != null && !(failure instanceof PoolException)) {
            LOG.error("task {} died", task.name(), failure);
        }
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Monotonic time counts from the creation, so that sums with durations do not overflow. */
    private static final class SystemClock implements Clock {
        private static final long NANOS_PER_SECOND = 1_000_000_000L;
        private final long origin = System.nanoTime();

        @Override
        public long wallNanos() {
            Instant now = Instant.now();
            return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime() - origin;
        }
    }
}
