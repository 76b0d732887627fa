package io.poolfs.mount.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of a mount: leader and followers. At most one listens to the device; who hears a request serves it itself
 * and listens again after it, so that a program that does one thing after the other always meets the same running
 * thread. Another server takes over listening when that one is going to wait ({@link #waiting}), when requests have
 * piled up ({@link #callForBacklog}), or when nobody has listened for some milliseconds ({@link #watch}); so one slow
 * request never holds the others up; {@link Lanes} sees to it that many slow ones do not either.
 *
 * <p>Source: Schmidt et al., Leader/Followers (Pattern-Oriented Software Architecture 2, 2000).
 */
final class Crew {
    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

    interface Factory {
        Server newServer(Crew crew, String name);
    }

    /** How long a server beyond those at rest stays without work. */
    private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Rounds without a request after which the watch sleeps until there is one. */
    private static final int QUIET_ROUNDS = 100;

    private final Factory factory;
    private final int resting;
    private final int limit;
    /** Servers at work at a time when none of them waits: more only take turns on the processors. */
    private final int busyLimit = 2 * Runtime.getRuntime().availableProcessors();

    private final Lanes lanes;
    private final Ear ear;
    private final AtomicReference<@Nullable Server> listener = new AtomicReference<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Thread watch = new Thread(this::watch, "fuse-watch");
    private volatile boolean watchSleeps;
    private volatile boolean ended;
    private volatile boolean signalled;

    @GuardedBy("this")
    private final Set<Server> running = new HashSet<>();

    /** The one that rested last comes first: its memory is still in the processor's cache. */
    @GuardedBy("this")
    private final Deque<Server> atRest = new ArrayDeque<>();

    @GuardedBy("this")
    private int started;

    Crew(Device device, Lanes lanes, Factory factory, int resting, int limit) {
        this.lanes = lanes;
        this.factory = factory;
        this.resting = resting;
        this.limit = limit;
        this.ear = new Ear(device);
        watch.setDaemon(true);
    }

    synchronized void start() {
        startOne();
        watch.start();
    }

    /** Returns whether the server is the one who listens now. */
    boolean tryListen(Server server) {
        return listener.compareAndSet(null, server);
    }

    /** By the one who listens: waits for a request, and listens no more. {@link Device#receive} says what it returns. */
    int listen(Server server) {
        int length = ear.listen(server);
        listener.set(null);
        if (watchSleeps) {
            watchSleeps = false;
            LockSupport.unpark(watch);
        }
        return length;
    }

    /** Someone has to listen: wakes or starts a server unless one does. */
    void call() {
        if (listener.get() != null || ended) {
            return;
        }
        synchronized (this) {
            Server next = atRest.pollFirst();
            if (next != null) {
                LockSupport.unpark(next);
            } else if (running.size() < limit) {
                startOne();
            }
        }
    }

    /** As {@link #call}, unless enough are at work. */
    void callForBacklog() {
        if (listener.get() == null && busy() < busyLimit) {
            call();
        }
    }

    /** By a server that is going to wait for something else than a request. */
    void waiting() {
        waiting.incrementAndGet();
        call();
    }

    void waited() {
        waiting.decrementAndGet();
    }

    /** Waits until the server is called; returns false when it is not needed any more. */
    boolean rest(Server server) {
        synchronized (this) {
            atRest.addFirst(server);
        }
        long end = System.nanoTime() + CALM_NANOS;
        while (!ended) {
            LockSupport.parkNanos(this, Math.max(1, end - System.nanoTime()));
            synchronized (this) {
                if (!atRest.contains(server)) {
                    return true;
                }
                if (System.nanoTime() - end >= 0) {
                    if (atRest.size() > resting) {
                        atRest.remove(server);
                        return false;
                    }
                    end = System.nanoTime() + CALM_NANOS;
                }
            }
        }
        return false;
    }

    /** Gives up the request of that number if its caller is being ended, now or later; false when it is in no hand. */
    boolean interrupt(long unique) {
        for (Server server : servers()) {
            if (server.interruption().signal(unique)) {
                if (server.interruption().check()) {
                    signalled = true;
                }
                return true;
            }
        }
        if (lanes.signal(unique)) {
            if (lanes.check()) {
                signalled = true;
            }
            return true;
        }
        return false;
    }

    /** Waits until the releases that servers have in hand are done; those of a file never take long. */
    void awaitReleases() {
        for (Server server : servers()) {
            long turn = server.turn();
            while (server.mayHaveRelease() && server.turn() == turn && !ended) {
                Thread.onSpinWait();
            }
        }
    }

    /** The mount has ended: lets those at rest end. */
    void end() {
        ended = true;
        servers().forEach(LockSupport::unpark);
        LockSupport.unpark(watch);
    }

    void ended(Server server) {
        listener.compareAndSet(server, null);
        server.free();
        synchronized (this) {
            running.remove(server);
            atRest.remove(server);
            notifyAll();
        }
    }

    /** Waits until every server has ended, which they do when the kernel ends the mount. */
    synchronized void awaitEnd() throws InterruptedException {
        while (!running.isEmpty()) {
            wait();
        }
    }

    @GuardedBy("this")
    private void startOne() {
        Server server = null;
        try {
            server = factory.newServer(this, "fuse-" + ++started);
            // It can only end after this lock is given back.
            running.add(server);
            server.start();
        } catch (OutOfMemoryError e) {
            if (server != null) {
                running.remove(server);
                server.free();
            }
            LOG.warn("no further server beside {}: {}", running.size(), e.toString());
        }
    }

    private synchronized int busy() {
        return running.size() - atRest.size() - waiting.get();
    }

    private synchronized List<Server> servers() {
        return List.copyOf(running);
    }

    /** Sees to it that someone listens whatever the others are held up by, and that ended callers do not wait. */
    private void watch() {
        long heard = ear.heard();
        int quiet = 0;
        while (!ended) {
            if (quiet >= QUIET_ROUNDS) {
                quiet = 0;
                watchSleeps = true;
                if (heard == ear.heard() && listener.get() != null) {
                    LockSupport.park(this);
                }
                watchSleeps = false;
            } else {
                LockSupport.parkNanos(this, WATCH_NANOS);
            }
            boolean silent = heard == ear.heard();
            heard = ear.heard();
            if (listener.get() != null) {
                quiet = silent && !signalled ? quiet + 1 : 0;
            } else if (silent) {
                call();
            }
            if (signalled) {
                signalled = lanes.check();
                for (Server server : servers()) {
                    signalled |= server.interruption().check();
                }
            }
        }
    }
}
