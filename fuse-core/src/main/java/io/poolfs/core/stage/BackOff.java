package io.poolfs.core.stage;

import io.poolfs.core.time.Randomness;
import java.time.Duration;

/** Pauses that double, with jitter, up to a limit. Immutable rule; the caller counts the failures. */
record BackOff(Duration first, Duration last) {
    /** The pause after so many failures in a row (at least 1), between half of it and all of it. */
    Duration pause(int failures, Randomness random) {
        int doublings = Math.min(20, Math.max(0, failures - 1));
        long nanos = Math.min(last.toNanos(), first.toNanos() << doublings);
        long half = Math.max(1, nanos / 2);
        return Duration.ofNanos(half + Long.remainderUnsigned(random.nextLong(), half));
    }
}
