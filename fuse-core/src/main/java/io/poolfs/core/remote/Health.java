package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Clock;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a remote is worth asking, judged by its answers. Usable from any thread.
 *
 * <pre>
 * HEALTHY ──failure──▶ SUSPECT ──failures go on──▶ DOWN      DOWN, MISSING: asked by probes only, with back-off
 *    ▲        success──┘                            │        any ──foreign or no marker──▶ MISSING
 *    └────────────── a probe saw the right marker ──┘
 * </pre>
 */
final class Health {
    /** So many failures in a row, over this time: one burst of calls that fail together does not count as down. */
    private static final int FAILURES_TO_DOWN = 3;

    private static final Duration STREAK_TO_DOWN = Duration.ofSeconds(5);
    private static final Duration FIRST_PROBE = Duration.ofSeconds(1);
    private static final Duration LAST_PROBE = Duration.ofMinutes(1);

    /** Damage is told so long, whatever goes well meanwhile: who looks at the status must get to see it. */
    private static final Duration TELL_DAMAGE = Duration.ofHours(1);

    private final Clock clock;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private RemoteStatus.Health state = RemoteStatus.Health.SUSPECT;

    @GuardedByMonitor("monitor")
    private int failures;

    @GuardedByMonitor("monitor")
    private long streakSince;

    @GuardedByMonitor("monitor")
    private Duration probeDelay = FIRST_PROBE;

    @GuardedByMonitor("monitor")
    private @Nullable String lastError;

    @GuardedByMonitor("monitor")
    private @Nullable String damage;

    @GuardedByMonitor("monitor")
    private long damageAt;

    Health(Scheduler scheduler, String name) {
        this.clock = scheduler.clock();
        this.monitor = scheduler.newMonitor("health of " + name);
    }

    RemoteStatus.Health state() {
        try (Monitor.Hold hold = monitor.enter()) {
            return state;
        }
    }

    @Nullable
    String lastError() {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean damaged = damage != null && clock.monotonicNanos() - damageAt < TELL_DAMAGE.toNanos();
            return lastError == null && damaged ? damage : lastError;
        }
    }

    /** It delivered bytes that are not what was put there. */
    void damaged(PoolException error) {
        try (Monitor.Hold hold = monitor.enter()) {
            damage = error.getMessage();
            damageAt = clock.monotonicNanos();
        }
    }

    /** Fails fast where a call would be in vain. */
    void admit(String name) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (state == RemoteStatus.Health.DOWN) {
                throw new PoolException(Reason.REMOTE_UNAVAILABLE, name + " is down: " + lastError);
            }
            if (state == RemoteStatus.Health.MISSING) {
                throw new PoolException(Reason.REMOTE_MISSING, name + " is missing: " + lastError);
            }
        }
    }

    /** A call went well, or failed in a way that only a living remote fails. */
    void answered() {
        try (Monitor.Hold hold = monitor.enter()) {
            failures = 0;
            if (state == RemoteStatus.Health.SUSPECT) {
                state = RemoteStatus.Health.HEALTHY;
            }
            if (state == RemoteStatus.Health.HEALTHY) {
                lastError = null;
            }
        }
    }

    /**
     * A call failed as calls to a dead remote do.
     *
     * @param begunAt when the call was made, on the monotonic clock
     * @return whether the remote is down by this
     */
    boolean failed(PoolException error, long begunAt) {
        try (Monitor.Hold hold = monitor.enter()) {
            streakSince = failures == 0 ? begunAt : Math.min(streakSince, begunAt);
            failures++;
            lastError = error.getMessage();
            if (state == RemoteStatus.Health.HEALTHY) {
                state = RemoteStatus.Health.SUSPECT;
            }
            boolean longEnough = clock.monotonicNanos() - streakSince >= STREAK_TO_DOWN.toNanos();
            if (state == RemoteStatus.Health.SUSPECT && failures >= FAILURES_TO_DOWN && longEnough) {
                state = RemoteStatus.Health.DOWN;
                probeDelay = FIRST_PROBE;
                return true;
            }
            return false;
        }
    }

    /** Notes an error that says nothing of the remote's health. */
    void note(PoolException error) {
        try (Monitor.Hold hold = monitor.enter()) {
            lastError = error.getMessage();
        }
    }

    /** What answers is not the remote that we know. */
    void missing(PoolException error) {
        turn(RemoteStatus.Health.MISSING, error);
    }

    /** A probe found that it does not answer. */
    void down(PoolException error) {
        turn(RemoteStatus.Health.DOWN, error);
    }

    /** A probe saw the right marker. Returns whether that is news. */
    boolean recognised() {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean news = state == RemoteStatus.Health.DOWN || state == RemoteStatus.Health.MISSING;
            state = RemoteStatus.Health.HEALTHY;
            failures = 0;
            lastError = null;
            probeDelay = FIRST_PROBE;
            return news;
        }
    }

    /** How long until the next probe of a remote that is not healthy; longer each time. */
    Duration nextProbeDelay() {
        try (Monitor.Hold hold = monitor.enter()) {
            Duration delay = probeDelay;
            Duration doubled = delay.multipliedBy(2);
            probeDelay = doubled.compareTo(LAST_PROBE) > 0 ? LAST_PROBE : doubled;
            return delay;
        }
    }

    private void turn(RemoteStatus.Health to, PoolException error) {
        try (Monitor.Hold hold = monitor.enter()) {
            state = to;
            lastError = error.getMessage();
        }
    }
}
