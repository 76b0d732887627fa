package io.poolfs.cli.daemon;

import io.poolfs.cli.service.OpenPool;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Task;
import java.time.Duration;

/** The upload of everything staged, with its shipping, in the background. */
final class Drain {
    /** The task itself may take this long: who waits for it decides when it has had enough. */
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    private final OpenPool pool;
    private final Duration limit;
    private final long startedNanos;
    private final Task task;

    private Drain(OpenPool pool, Duration limit) {
        this.pool = pool;
        this.limit = limit;
        this.startedNanos = pool.scheduler().clock().monotonicNanos();
        this.task = pool.scheduler().start("drain", () -> {
            long deadline = pool.scheduler().deadlineAfter(NO_LIMIT);
            pool.stager().commitAll(deadline);
            pool.shipped().awaitShipped(pool.metadata().lastTransaction(), deadline);
        });
    }

    static Drain start(OpenPool pool, Duration limit) {
        return new Drain(pool, limit);
    }

    Duration limit() {
        return limit;
    }

    /** Everything is uploaded, or it cannot be, or the time is up. */
    boolean isOver(Duration within) {
        return task.isDone() || pool.scheduler().clock().monotonicNanos() - startedNanos >= within.toNanos();
    }

    String outcome() {
        if (!task.isDone()) {
            return "not finished in " + limit.toSeconds() + " s";
        }
        try {
            task.join(Long.MAX_VALUE);
            return "everything is on the remotes";
        } catch (PoolException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
