package io.poolfs.core.remote;

import io.poolfs.core.time.Clock;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What is known of a remote's room: what the backend last told, less what was put since; the user's capacity less this
 * pool's bytes. The smaller counts. Usable from any thread.
 */
final class RoomBook {
    private static final Duration FIRST_FULL = Duration.ofSeconds(30);
    private static final Duration LONGEST_FULL = Duration.ofMinutes(10);

    private final Clock clock;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private RemoteStore.Room told = RemoteStore.Room.UNKNOWN;

    @GuardedByMonitor("monitor")
    private LongSupplier poolBytes = () -> 0;

    /** Put since the backend was last asked, and being put now. */
    @GuardedByMonitor("monitor")
    private long putSince;

    @GuardedByMonitor("monitor")
    private long beingPut;

    @GuardedByMonitor("monitor")
    private long fullUntil = Long.MIN_VALUE;

    @GuardedByMonitor("monitor")
    private Duration fullFor = FIRST_FULL;

    RoomBook(Scheduler scheduler, String name) {
        this.clock = scheduler.clock();
        this.monitor = scheduler.newMonitor("room of " + name);
    }

    /** From now on this tells how many bytes of the pool lie there or are on their way. */
    void count(LongSupplier bytesOfPool) {
        try (Monitor.Hold hold = monitor.enter()) {
            poolBytes = bytesOfPool;
        }
    }

    /** To be called before the backend is asked; what is put from here on is not in its answer for sure. */
    long beforeAsking() {
        try (Monitor.Hold hold = monitor.enter()) {
            return putSince;
        }
    }

    /** The backend's answer. */
    void told(RemoteStore.Room room, long beforeAsking) {
        try (Monitor.Hold hold = monitor.enter()) {
            told = room;
            putSince -= beforeAsking;
        }
    }

    void freed(long bytes) {
        try (Monitor.Hold hold = monitor.enter()) {
            putSince -= bytes;
            fullUntil = Long.MIN_VALUE;
            fullFor = FIRST_FULL;
        }
    }

    void putBegins(long bytes) {
        try (Monitor.Hold hold = monitor.enter()) {
            beingPut += bytes;
        }
    }

    void putEnds(long bytes, boolean stored) {
        try (Monitor.Hold hold = monitor.enter()) {
            beingPut -= bytes;
            if (stored) {
                putSince += bytes;
                fullUntil = Long.MIN_VALUE;
                fullFor = FIRST_FULL;
            }
        }
    }

    /** It refused for lack of room: full for a while, longer each time. */
    void refused() {
        try (Monitor.Hold hold = monitor.enter()) {
            fullUntil = clock.monotonicNanos() + fullFor.toNanos();
            Duration doubled = fullFor.multipliedBy(2);
            fullFor = doubled.compareTo(LONGEST_FULL) > 0 ? LONGEST_FULL : doubled;
        }
    }

    OptionalLong capacity(RemoteSettings settings) {
        if (settings.capacityBytes().isPresent()) {
            return settings.capacityBytes();
        }
        try (Monitor.Hold hold = monitor.enter()) {
            return told.totalBytes();
        }
    }

    /** What can still be written, less what is kept free; never negative. */
    OptionalLong free(RemoteSettings settings) {
        OptionalLong ofStore = storeFree(settings);
        if (settings.capacityBytes().isEmpty()) {
            return ofStore;
        }
        LongSupplier ofPool;
        try (Monitor.Hold hold = monitor.enter()) {
            ofPool = poolBytes;
        }
        long ofCapacity = settings.capacityBytes().getAsLong() - ofPool.getAsLong() - settings.minFreeBytes();
        return OptionalLong.of(Math.max(0, Math.min(ofStore.orElse(Long.MAX_VALUE), ofCapacity)));
    }

    /** What the store behind the remote can still take, whatever the user's capacity; never negative. */
    OptionalLong storeFree(RemoteSettings settings) {
        try (Monitor.Hold hold = monitor.enter()) {
            return told.freeBytes().isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(
                            Math.max(0, told.freeBytes().getAsLong() - putSince - beingPut - settings.minFreeBytes()));
        }
    }

    boolean isFull(RemoteSettings settings) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (clock.monotonicNanos() < fullUntil) {
                return true;
            }
        }
        OptionalLong free = free(settings);
        return free.isPresent() && free.getAsLong() == 0;
    }
}
