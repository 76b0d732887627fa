package io.poolfs.it.cloud;

import java.util.function.Predicate;

/** The weather over one cloud, and who waits for it to change. Usable from any thread. */
final class Sky {
    private Weather weather = Weather.FAIR;
    private boolean closed;

    /** When the next byte may pass, at the rate of the weather. */
    private long nextByteNanos = System.nanoTime();

    synchronized Weather weather() {
        return weather;
    }

    synchronized void set(Weather changed) {
        weather = changed;
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
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

    /** Lets so many bytes pass at the rate of the weather. */
    void pass(int bytes) throws InterruptedException {
        long pause;
        synchronized (this) {
            if (weather.bytesPerSecond() == 0) {
                return;
            }
            long now = System.nanoTime();
            nextByteNanos = Math.max(now, nextByteNanos) + bytes * 1_000_000_000L / weather.bytesPerSecond();
            pause = nextByteNanos - now;
        }
        wait(pause, now -> now.bytesPerSecond() != 0);
    }
}
