package io.poolfs.core.stage;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of the stager share: the works by inode and the monitor that guards them. The monitor is the innermost
 * lock: nothing else is taken inside it.
 */
final class StageState {
    final Monitor monitor;
    private final ConcurrentHashMap<Long, FileWork> works = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private long changes;

    StageState(Scheduler scheduler) {
        this.monitor = scheduler.newMonitor("stage");
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            changed();
        }
    }

    @Nullable
    FileWork find(long inode) {
        return works.get(inode);
    }

    Collection<FileWork> works() {
        return works.values();
    }

    int size() {
        return works.size();
    }

    /** The work of the inode, made when there is none. With the monitor held. */
    FileWork findOrAdd(long inode) {
        return works.computeIfAbsent(inode, FileWork::new);
    }

    /** With the monitor held: the work leaves; who comes with the same inode later gets a new one. */
    void retire(FileWork work) {
        work.retired = true;
        works.remove(work.inode, work);
        changed();
    }

    /** With the monitor held: something may have become possible. */
    void changed() {
        changes++;
        monitor.signalAll();
    }

    /** With the monitor held. */
    long changes() {
        return changes;
    }

    /** With the monitor held: waits until something changed since, or the deadline. */
    void awaitChange(long since, long deadlineNanos) throws PoolException {
        monitor.await(() -> changes != since, deadlineNanos);
    }

    boolean await(BooleanSupplier condition, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            return monitor.await(condition, deadlineNanos);
        }
    }
}
