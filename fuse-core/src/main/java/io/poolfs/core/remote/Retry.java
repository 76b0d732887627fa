package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;

/**
 * Repeats what may go well the next time, with growing and jittered pauses, until a deadline. Never repeats what a
 * remote means: full, denied, absent, corrupt. Usable from any thread.
 */
final class Retry {
    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);
    private static final int JITTER_STEPS = 1000;

    private final Scheduler scheduler;
    private final Monitor monitor;

    Retry(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.monitor = scheduler.newMonitor("retry of " + name);
    }

    /** One attempt. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws PoolException;
    }

    <T> T run(long deadlineNanos, Attempt<T> attempt) throws PoolException {
        for (int count = 1; ; count++) {
            try {
                return attempt.run();
            } catch (PoolException e) {
                long pause = pauseNanos(count);
                if (!mayHelp(e.reason())
                        || count == ATTEMPTS
                        || scheduler.clock().monotonicNanos() + pause >= deadlineNanos) {
                    throw e;
                }
                pause(pause);
            }
        }
    }

    static boolean mayHelp(Reason reason) {
        return reason == Reason.REMOTE_UNAVAILABLE || reason == Reason.REMOTE_THROTTLED;
    }

    /** Between half and the whole of a pause that doubles. */
    private long pauseNanos(int count) {
        long whole = Math.min(FIRST_PAUSE.toNanos() << (count - 1), LONGEST_PAUSE.toNanos());
        return whole / 2 + whole / 2 / JITTER_STEPS * scheduler.random().nextInt(JITTER_STEPS);
    }

    private void pause(long nanos) throws PoolException {
        long until = scheduler.clock().monotonicNanos() + nanos;
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> false, until);
        }
    }
}
