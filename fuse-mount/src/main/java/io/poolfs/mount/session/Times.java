package io.poolfs.mount.session;

import java.time.Instant;

/** Times as the kernel counts them, seconds and the nanoseconds behind them, and as the pool does. */
public final class Times {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND;

    private Times() {}

    public static long now() {
        Instant instant = Instant.now();
        return instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
    }

    /** Nanoseconds since 1970; what they cannot hold becomes the nearest. */
    public static long nanos(long seconds, long nanosOfSecond) {
        if (Math.abs(seconds) >= LAST_SECOND) {
            return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return seconds * NANOS_PER_SECOND + nanosOfSecond;
    }

    public static long seconds(long nanos) {
        return Math.floorDiv(nanos, NANOS_PER_SECOND);
    }

    public static int nanosOfSecond(long nanos) {
        return (int) Math.floorMod(nanos, NANOS_PER_SECOND);
    }
}
