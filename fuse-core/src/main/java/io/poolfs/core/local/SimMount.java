package io.poolfs.core.local;

import java.nio.file.Path;

/** A file system of {@link SimFiles}, which guards it. */
final class SimMount {
    private final Path prefix;
    private final boolean inMemory;
    private long capacityBytes;
    private long usedBytes;

    SimMount(Path prefix, long capacityBytes, boolean inMemory) {
        this.prefix = prefix;
        this.capacityBytes = capacityBytes;
        this.inMemory = inMemory;
    }

    Path prefix() {
        return prefix;
    }

    boolean inMemory() {
        return inMemory;
    }

    long capacityBytes() {
        return capacityBytes;
    }

    void resize(long bytes) {
        capacityBytes = bytes;
    }

    long freeBytes() {
        return Math.max(0, capacityBytes - usedBytes);
    }

    void use(long bytes) {
        usedBytes += bytes;
    }

    void forget() {
        usedBytes = 0;
    }
}
