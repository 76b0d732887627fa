package io.poolfs.core.placement;

import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStatus;
import java.util.OptionalLong;

/** A remote in the making, for placement tests: healthy, empty, of unknown size unless told otherwise. */
final class Candidates {
    private final long number;
    private RemoteStatus.Health health = RemoteStatus.Health.HEALTHY;
    private boolean enabled = true;
    private boolean full;
    private int priority;
    private OptionalLong capacity = OptionalLong.empty();
    private OptionalLong free = OptionalLong.empty();
    private String storeKey;
    private long used;
    private long inFlight;
    private int chunks;
    private long speed;
    private boolean stalled;

    private Candidates(long number) {
        this.number = number;
        storeKey = "store-" + number;
    }

    static Candidates remote(long number) {
        return new Candidates(number);
    }

    static RemoteId id(long number) {
        return new RemoteId(0, number);
    }

    Candidates health(RemoteStatus.Health value) {
        health = value;
        return this;
    }

    Candidates disabled() {
        enabled = false;
        return this;
    }

    Candidates full() {
        full = true;
        return this;
    }

    Candidates priority(int value) {
        priority = value;
        return this;
    }

    Candidates capacity(long bytes) {
        capacity = OptionalLong.of(bytes);
        return this;
    }

    Candidates free(long bytes) {
        free = OptionalLong.of(bytes);
        return this;
    }

    Candidates store(String key) {
        storeKey = key;
        return this;
    }

    Candidates used(long bytes) {
        used = bytes;
        return this;
    }

    Candidates inFlight(int count, long bytes) {
        chunks = count;
        inFlight = bytes;
        return this;
    }

    Candidates stalled() {
        stalled = true;
        return this;
    }

    Candidates speed(long bytesPerSecond) {
        speed = bytesPerSecond;
        return this;
    }

    Candidate get() {
        RemoteStatus status = new RemoteStatus(
                "r" + number + ":",
                id(number),
                health,
                enabled,
                full,
                priority,
                capacity,
                free,
                0,
                storeKey,
                2,
                0,
                0,
                0,
                0,
                null);
        return new Candidate(status, used, inFlight, chunks, inFlight, speed, stalled);
    }
}
