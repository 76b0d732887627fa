package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A task of the {@link RealScheduler}: WAITING → RUNNING → DONE, or WAITING → DONE when cancelled or refused. */
final class RealTask implements Task {
    private enum State {
        WAITING,
        RUNNING,
        DONE
    }

    private final String name;
    private final Action action;
    private final Clock clock;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean due;
    private volatile boolean joined;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Runnable onCancel;

    RealTask(String name, Action action, Clock clock) {
        this.name = name;
        this.action = action;
        this.clock = clock;
    }

    String name() {
        return name;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Whether someone waits for the end or has seen it. */
    boolean isJoined() {
        return joined;
    }

    /** Its time has come: it is to run as soon as there is a thread. */
    void due() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    void whenCancelled(Runnable then) {
        onCancel = then;
    }

    /** Runs the action, unless it was cancelled. Throws nothing. */
    @SuppressWarnings("CatchingUnchecked") // the outcome of the action, whatever it is, belongs to who joins
    void run() {
        if (!state.compareAndSet(State.WAITING, State.RUNNING)) {
            return;
        }
        try {
            action.run();
        } catch (Throwable e) {
            failure = e;
        } finally {
            state.set(State.DONE);
            end.countDown();
        }
    }

    void refuse(PoolException why) {
        if (state.compareAndSet(State.WAITING, State.DONE)) {
            failure = why;
            end.countDown();
        }
    }

    @Override
    public void cancel() {
        refuse(new PoolException(Reason.CANCELLED, "task " + name + " was cancelled before it started"));
        Runnable then = onCancel;
        if (then != null) {
            then.run();
        }
    }

    @Override
    public boolean isDone() {
        return end.getCount() == 0;
    }

    @Override
    public void join(long deadlineNanos) throws PoolException {
        boolean before = joined;
        joined = true;
        if (!awaitEnd(deadlineNanos)) {
            joined = before;
            throw new PoolException(Reason.TIMEOUT, "task " + name + " did not end in time");
        }
        Failures.rethrow(failure);
    }

    private boolean awaitEnd(long deadlineNanos) throws PoolException {
        try {
            if (deadlineNanos == Long.MAX_VALUE) {
                end.await();
                return true;
            }
            return end.await(deadlineNanos - clock.monotonicNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new PoolException(Reason.INTERRUPTED, "interrupted while waiting for task " + name, e);
        }
    }
}
