package io.poolfs.mount.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one mount. There is always one that waits for the next request, up to the limit: requests that wait
 * for a remote must not keep {@code ls} from being answered. Threads beyond the resting number end when none has been
 * missing for a while; at once would mean a new thread for every second request of a busy client.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    interface Factory {
        Worker newWorker(Workers workers, String name);
    }

    private static final long CALM_NANOS = 10_000_000_000L;

    private final Factory factory;
    private final int resting;
    private final int limit;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile long grownNanos;

    @GuardedBy("this")
    private final Set<Worker> running = new HashSet<>();

    @GuardedBy("this")
    private int started;

    Workers(Factory factory, int resting, int limit) {
        this.factory = factory;
        this.resting = resting;
        this.limit = limit;
    }

    /** Starts the first one. */
    synchronized void start() {
        startOne();
    }

    /** Starts one more unless the limit is reached; without memory for it, those that are there go on. */
    synchronized void grow() {
        if (running.size() >= limit) {
            return;
        }
        try {
            startOne();
        } catch (OutOfMemoryError e) {
            LOG.warn("no further fuse worker beside {}: {}", running.size(), e.toString());
        }
    }

    @GuardedBy("this")
    private void startOne() {
        Worker worker = factory.newWorker(this, "fuse-" + ++started);
        worker.start();
        // It can only end after this lock is given back.
        running.add(worker);
        grownNanos = System.nanoTime();
    }

    void waiting() {
        waiting.incrementAndGet();
    }

    /** Returns whether nobody waits any more. */
    boolean working() {
        return waiting.decrementAndGet() == 0;
    }

    boolean isSuperfluous() {
        return waiting.get() >= resting && System.nanoTime() - grownNanos > CALM_NANOS;
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
}
