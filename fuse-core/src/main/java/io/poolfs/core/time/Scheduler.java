package io.poolfs.core.time;

import java.time.Duration;

/**
 * The only source of threads, waiting, time and randomness in the engine.
 *
 * <p>The real one runs each task on a pooled daemon thread. The simulated one runs one task at a time, each on its own
 * thread, and hands a baton from task to task in an order that its seed decides; simulated time moves when nobody can
 * run.
 */
public interface Scheduler {
    Clock clock();

    Randomness random();

    /** Runs the action now, on a thread of its own. The name shows in thread dumps and traces. */
    Task start(String name, Action action);

    /** Runs the action after the delay. */
    Task startLater(Duration delay, String name, Action action);

    Monitor newMonitor(String name);

    /** A point where the simulation may switch tasks or stop the process; nothing in reality. */
    void yieldPoint(String where);

    /** The deadline that is the given time from now, on the monotonic clock. */
    default long deadlineAfter(Duration duration) {
        return clock().monotonicNanos() + duration.toNanos();
    }
}
