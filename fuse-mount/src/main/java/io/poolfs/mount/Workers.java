package io.poolfs.mount;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one mount. There is always one that waits for the next request, up to the limit: requests that wait
 * for a remote must not keep {@code ls} from being answered. Threads beyond the resting number end when they have
 * nothing to do.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    interface Factory {
        Worker newWorker(Workers workers, String name);
    }

    private final Factory factory;
    private final int resting;
    private final int limit;
    private final AtomicInteger waiting = new AtomicInteger();

    @GuardedBy("this")
    private final Set<Worker> running = new HashSet<>();

    @GuardedBy("this")
    private int started;

    Workers(Factory factory, int resting, int limit) {
        this.factory = factory;
        this.resting = resting;
        this.limit = limit;
    }

    /** Starts one more unless the limit is reached. The first one is started by the mount. */
    void grow() {
        synchronized (this) {
            if (running.size() >= limit) {
                return;
            }
            try {
                Worker worker = factory.newWorker(this, "fuse-" + ++started);
                running.add(worker);
                worker.start();
            } catch (OutOfMemoryError e) {
                LOG.warn("no further fuse worker beside {}: {}", running.size(), e.toString());
            }
        }
    }

    void waiting() {
        waiting.incrementAndGet();
    }

    /** Returns whether nobody waits any more. */
    boolean working() {
        return waiting.decrementAndGet() == 0;
    }

    boolean isSuperfluous() {
        return waiting.get() >= resting;
    }

    synchronized void ended(Worker worker) {
        running.remove(worker);
        notifyAll();
    }

    /** Waits until every worker has ended, which they do when the kernel ends the mount. */
    void awaitEnd() throws InterruptedException {
        synchronized (this) {
            while (!running.isEmpty()) {
                wait();
            }
        }
    }

    synchronized List<Worker> running() {
        return new ArrayList<>(running);
    }
}
