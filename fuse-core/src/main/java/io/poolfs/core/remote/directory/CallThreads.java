package io.poolfs.core.remote.directory;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls on threads of their own: a system call on a file system whose server is gone cannot be taken back, but it
 * need not be waited for. Such a call keeps its thread until the file system answers; there are only so many. Usable from
 * any thread.
 */
final class CallThreads {
    private final Scheduler scheduler;
    private final String name;
    private final Duration patience;
    private final int most;
    private final Monitor monitor;
    private final Set<Call> waitedFor = ConcurrentHashMap.newKeySet();

    @GuardedByMonitor("monitor")
    private int running;

    private volatile boolean closed;

    /**
     * @param patience for a call that does not move
     * @param most calls at a time, those included that nobody waits for any more
     */
    CallThreads(Scheduler scheduler, String name, Duration patience, int most) {
        this.scheduler = scheduler;
        this.name = name;
        this.patience = patience;
        this.most = most;
        this.monitor = scheduler.newMonitor("calls of " + name);
    }

    /** What is done on the thread. */
    @FunctionalInterface
    interface Work<T> {
        T run(Call call) throws PoolException;
    }

    /** A call as its work sees it. */
    final class Call {
        private final Monitor ends = scheduler.newMonitor("call of " + name);

        @GuardedByMonitor("ends")
        private long movedAt = scheduler.clock().monotonicNanos();

        @GuardedByMonitor("ends")
        private boolean ended;

        @GuardedByMonitor("ends")
        private boolean abandoned;

        @GuardedByMonitor("ends")
        private @Nullable Throwable failure;

        private @Nullable Object result;

        /** Tells that there is progress. CANCELLED when nobody waits for it: what was begun is to be taken back. */
        void moved() throws PoolException {
            deliver(() -> {});
        }

        /** Progress that touches what belongs to the caller: not done when he has gone. */
        void deliver(Runnable handOver) throws PoolException {
            try (Monitor.Hold hold = ends.enter()) {
                if (abandoned) {
                    throw new PoolException(Reason.CANCELLED, name + ": nobody waits for this any more");
                }
                handOver.run();
                movedAt = scheduler.clock().monotonicNanos();
            }
        }

        private void end(@Nullable Object value, @Nullable Throwable error) {
            try (Monitor.Hold hold = ends.enter()) {
                result = value;
                failure = error;
                ended = true;
                ends.signalAll();
            }
        }

        private void wake() {
            try (Monitor.Hold hold = ends.enter()) {
                ends.signalAll();
            }
        }

        /** Waits for the end; from then on the work is on its own. */
        private void await(String what, long deadlineNanos) throws PoolException {
            try (Monitor.Hold hold = ends.enter()) {
                try {
                    while (!ended) {
                        if (closed) {
                            throw new PoolException(Reason.CLOSED, "the store is closed");
                        }
                        long until = Math.min(deadlineNanos, movedAt + patience.toNanos());
                        if (scheduler.clock().monotonicNanos() >= until) {
                            throw new PoolException(
                                    Reason.TIMEOUT,
                                    what + ": no answer in time; does its file system hang, or is its disk too slow?");
                        }
                        ends.await(() -> ended || closed, until);
                    }
                } finally {
                    abandoned = !ended;
                }
                if (failure instanceof PoolException known) {
                    throw known;
                }
                if (failure != null) {
                    throw new IllegalStateException(what, failure);
                }
            }
        }
    }

    /** TIMEOUT at the deadline, and when nothing has moved for too long. */
    @SuppressWarnings({"unchecked", "NullAway"}) // the result is the work's, null where that gives null
    <T> T run(String what, long deadlineNanos, Work<T> work) throws PoolException {
        takeThread(what, deadlineNanos);
        Call call = new Call();
        waitedFor.add(call);
        try {
            Task task = scheduler.start(name, () -> work(call, work));
            if (task.isDone() && isOpen(call)) {
                giveThread(); // it was refused: the scheduler is closed
                throw new PoolException(Reason.CLOSED, "the store is closed");
            }
            call.await(what, deadlineNanos);
            return (T) call.result;
        } finally {
            waitedFor.remove(call);
        }
    }

    /** Lets go of everyone who waits. */
    void close() {
        closed = true;
        waitedFor.forEach(Call::wake);
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.signalAll();
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever it is belongs to who waits
    private void work(Call call, Work<?> work) {
        try {
            call.end(work.run(call), null);
        } catch (PoolException | RuntimeException e) {
            call.end(null, e);
        } finally {
            giveThread();
        }
    }

    private static boolean isOpen(Call call) {
        try (Monitor.Hold hold = call.ends.enter()) {
            return !call.ended;
        }
    }

    private void takeThread(String what, long deadlineNanos) throws PoolException {
        long until = Math.min(deadlineNanos, scheduler.deadlineAfter(patience));
        try (Monitor.Hold hold = monitor.enter()) {
            boolean free = monitor.await(() -> closed || running < most, until);
            if (closed) {
                throw new PoolException(Reason.CLOSED, "the store is closed");
            }
            if (!free) {
                throw new PoolException(
                        Reason.TIMEOUT, what + ": " + most + " calls before it have no answer; its file system hangs");
            }
            running++;
        }
    }

    private void giveThread() {
        try (Monitor.Hold hold = monitor.enter()) {
            running--;
            monitor.signalAll();
        }
    }
}
