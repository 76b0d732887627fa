package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A monitor of the JDK's own lock. An interrupt is told by the exception; the thread's flag is cleared. */
final class RealMonitor implements Monitor {
    private final String name;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** One for all: closing needs to know no more than the thread. */
    private final Hold hold = lock::unlock;

    RealMonitor(String name, Clock clock) {
        this.name = name;
        this.clock = clock;
    }

    @Override
    public Hold enter() {
        lock.lock();
        return hold;
    }

    @Override
    public boolean await(BooleanSupplier condition, long deadlineNanos) throws PoolException {
        if (condition.getAsBoolean()) {
            return true;
        }
        if (!(Thread.currentThread() instanceof WaitingThread thread)) {
            return awaitSignals(condition, deadlineNanos);
        }
        thread.beginWait();
        try {
            return awaitSignals(condition, deadlineNanos);
        } finally {
            thread.endWait();
        }
    }

    private boolean awaitSignals(BooleanSupplier condition, long deadlineNanos) throws PoolException {
        try {
            do {
                if (deadlineNanos == Long.MAX_VALUE) {
                    changed.await();
                } else {
                    long left = deadlineNanos - clock.monotonicNanos();
                    if (left <= 0) {
                        return false;
                    }
                    changed.awaitNanos(left);
                }
            } while (!condition.getAsBoolean());
            return true;
        } catch (InterruptedException e) {
            throw new PoolException(Reason.INTERRUPTED, "interrupted while waiting in " + name, e);
        }
    }

    @Override
    public void signalAll() {
        changed.signalAll();
    }

    @Override
    public boolean isHeldByCurrentThread() {
        return lock.isHeldByCurrentThread();
    }

    @Override
    public String toString() {
        return "monitor " + name;
    }
}
