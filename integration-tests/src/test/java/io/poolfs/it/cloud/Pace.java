package io.poolfs.it.cloud;

/** When the next of something may pass, at a rate. What was too late before is made up for, over a short time. */
final class Pace {
    private static final long CREDIT_NANOS = 20_000_000;

    private long nextNanos = System.nanoTime();

    /** Takes so many; returns for how many nanoseconds they have to wait. A rate of 0 has no limit. */
    synchronized long take(double count, double perSecond) {
        if (perSecond <= 0) {
            return 0;
        }
        long now = System.nanoTime();
        nextNanos = Math.max(now - CREDIT_NANOS, nextNanos) + (long) (count * 1e9 / perSecond);
        return nextNanos - now;
    }
}
