package io.poolfs.core.fs;

import io.poolfs.core.fs.PoolFileSystem.Space;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader.Usage;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.stage.Admission;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Room in the pool: what is free on the distinct stores, less what is staged, plus what deleted files will give back.
 * Needs no remote: it works on what is known of them.
 */
final class SpaceView {
    /** Shown while no remote says what it has: enough that nothing refuses to start. */
    private static final long UNKNOWN_FREE_BYTES = 1L << 50;

    private static final long MAX_INODES = 1L << 40;

    private final Metadata metadata;
    private final Supplier<List<RemoteStatus>> remotes;
    private final LongSupplier stagedBytes;

    /** Bytes of files that have lost their last name and are not reaped yet. */
    private final AtomicLong orphanBytes = new AtomicLong();

    SpaceView(Metadata metadata, Supplier<List<RemoteStatus>> remotes, LongSupplier stagedBytes) {
        this.metadata = metadata;
        this.remotes = remotes;
        this.stagedBytes = stagedBytes;
    }

    void orphaned(long bytes) {
        orphanBytes.addAndGet(bytes);
    }

    void reaped(long bytes) {
        orphanBytes.addAndGet(-bytes);
    }

    Space space() throws PoolException {
        long stored = 0;
        long garbage = 0;
        for (Usage usage : metadata.read(reader -> reader.usage()).values()) {
            stored += usage.storedBytes();
            garbage += usage.garbageBytes();
        }
        long inodes = metadata.read(reader -> reader.inodeCount());
        long comingBack = garbage + Math.max(0, orphanBytes.get());
        long staged = stagedBytes.getAsLong();
        long known = Admission.freeBytes(remotes.get());
        boolean isKnown = known != Long.MAX_VALUE;
        long freeBytes = Math.max(0, (isKnown ? known : UNKNOWN_FREE_BYTES) - staged + comingBack);
        long usedBytes = Math.max(0, stored - comingBack) + staged;
        return new Space(usedBytes + freeBytes, freeBytes, isKnown, inodes, MAX_INODES - inodes);
    }
}
