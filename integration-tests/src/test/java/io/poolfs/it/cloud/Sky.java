package io.poolfs.it.cloud;

import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The weather over one cloud, and who waits for it to change. Usable from any thread. */
final class Sky {
    private final Pace up = new Pace();
    private final Pace down = new Pace();
    private final Pace requests = new Pace();
    private final Gate gate = new Gate();
    private volatile Weather weather = Weather.FAIR;
    private volatile boolean closed;

    Weather weather() {
        return weather;
    }

    void set(Weather changed) {
        synchronized (this) {
            weather = changed;
            notifyAll();
        }
        gate.wake();
    }

    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        gate.wake();
    }

    /** Waits so long, or until the weather is not as the predicate says; false when the cloud is closed. */
    synchronized boolean wait(long nanos, Predicate<Weather> still) throws InterruptedException {
        long end = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + nanos;
        while (!closed && still.test(weather)) {
            long left = end == Long.MAX_VALUE ? Long.MAX_VALUE : end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            wait(Math.min(1000, left / 1_000_000), (int) (left % 1_000_000));
        }
        return !closed;
    }

    /** Waits until the request may be worked on; false when the cloud is closed. {@link #leave} must follow if true. */
    boolean enter() throws InterruptedException {
        double perSecond = weather.limits().requestsPerSecond();
        return wait(requests.take(1, perSecond), now -> now.limits().requestsPerSecond() == perSecond) && gate.enter();
    }

    void leave() {
        gate.leave();
    }

    /** The most requests that were in progress at a time. */
    int mostAtOnce() {
        return gate.most;
    }

    /** Lets so many bytes of an upload pass, on a connection with its own pace. */
    void passUp(int bytes, Pace connection) throws InterruptedException {
        pass(bytes, up, Limits::upPerSecond);
        pass(bytes, connection, Limits::connectionUpPerSecond);
    }

    /** Lets so many bytes of a download pass, on a connection with its own pace. */
    void passDown(int bytes, Pace connection) throws InterruptedException {
        pass(bytes, down, Limits::downPerSecond);
        pass(bytes, connection, Limits::connectionDownPerSecond);
    }

    private void pass(int bytes, Pace pace, ToDoubleFunction<Limits> limit) throws InterruptedException {
        double perSecond = limit.applyAsDouble(weather.limits());
        long pause = pace.take(bytes, perSecond);
        if (pause > 0) {
            wait(pause, now -> limit.applyAsDouble(now.limits()) == perSecond);
        }
        if (!weather.answers()) {
            wait(Long.MAX_VALUE, now -> !now.answers());
        }
    }

    /** Lets so many requests in at a time as the weather says. */
    private final class Gate {
        private int in;
        private volatile int most;

        synchronized boolean enter() throws InterruptedException {
            while (!closed && isFull()) {
                wait(1000);
            }
            in++;
            most = Math.max(most, in);
            return !closed;
        }

        synchronized void leave() {
            in--;
            notify();
        }

        synchronized void wake() {
            notifyAll();
        }

        private boolean isFull() {
            int limit = weather.limits().requestsAtOnce();
            return limit > 0 && in >= limit;
        }
    }
}
