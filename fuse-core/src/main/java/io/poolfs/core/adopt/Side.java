package io.poolfs.core.adopt;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.util.ArrayList;
import java.util.List;

/** Works on a list with several tasks at once. */
final class Side {
    private Side() {}

    /** What is to be done with one item. */
    interface Work<T> {
        void on(T item) throws PoolException;
    }

    /**
     * Does the work on all items. The first failure ends it and is thrown.
     *
     * @param done is told after each, by one task at a time
     */
    static <T> void bySide(Scheduler scheduler, int tasks, List<T> items, Work<T> work, Runnable done)
            throws PoolException {
        Queue<T> queue = new Queue<>(scheduler.newMonitor("import"), items);
        List<Task> running = new ArrayList<>();
        for (int i = 0; i < Math.min(tasks, items.size()); i++) {
            running.add(scheduler.start("import " + i, () -> queue.work(work, done)));
        }
        for (Task task : running) {
            task.join(Long.MAX_VALUE);
        }
        queue.throwFailure();
    }

    private static final class Queue<T> {
        private final Monitor monitor;
        private final List<T> items;
        private int next;
        private final List<PoolException> failures = new ArrayList<>();

        Queue(Monitor monitor, List<T> items) {
            this.monitor = monitor;
            this.items = items;
        }

        void work(Work<T> work, Runnable done) {
            while (true) {
                T item;
                try (Monitor.Hold hold = monitor.enter()) {
                    if (next >= items.size() || !failures.isEmpty()) {
                        return;
                    }
                    item = items.get(next++);
                }
                PoolException failure = null;
                try {
                    work.on(item);
                } catch (PoolException e) {
                    failure = e;
                }
                try (Monitor.Hold hold = monitor.enter()) {
                    if (failure != null) {
                        failures.add(failure);
                    } else {
                        done.run();
                    }
                }
            }
        }

        void throwFailure() throws PoolException {
            try (Monitor.Hold hold = monitor.enter()) {
                if (!failures.isEmpty()) {
                    throw failures.get(0);
                }
            }
        }
    }
}
