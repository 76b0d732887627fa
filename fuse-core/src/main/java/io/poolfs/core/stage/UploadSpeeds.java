package io.poolfs.core.stage;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.RemoteId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How fast the remotes take chunks: bytes by the time in which any were on their way, of the last seconds. Not
 * thread-safe: guarded by {@link PlacedChunks}.
 */
final class UploadSpeeds {
    /** Below this an upload's time says more of the distance than of the speed. */
    private static final long TELLING_BYTES = 4L << 20;

    /** Of so much time the older half counts half. */
    private static final long MEMORY_NANOS = 20_000_000_000L;

    /** Differences up to this come and go by themselves. */
    private static final double ALIKE = 0.75;

    /** What a remote is taken for as long as none was measured. */
    private static final long UNMEASURED_BYTES_PER_SECOND = 1 << 20;

    /** An upload that takes so many times as long as it should, and some seconds more, has stalled. */
    private static final int STALLED_TIMES = 4;

    private static final long STALLED_NANOS = 5_000_000_000L;

    private record Upload(RemoteId remote, long sizeBytes, long begunNanos) {}

    private static final class Measured {
        double bytes;
        double nanos;
        int telling;
        long sinceNanos;

        void count(long now) {
            nanos += telling > 0 ? now - sinceNanos : 0;
            sinceNanos = now;
            if (nanos > MEMORY_NANOS) {
                bytes /= 2;
                nanos /= 2;
            }
        }

        double bytesPerSecond() {
            return bytes < TELLING_BYTES ? 0 : bytes * 1e9 / Math.max(1, nanos);
        }
    }

    private final Map<RemoteId, Measured> measured = new HashMap<>();
    private final Map<ChunkId, Upload> uploads = new HashMap<>();

    void begins(ChunkId chunk, RemoteId remote, long sizeBytes, long now) {
        uploads.put(chunk, new Upload(remote, sizeBytes, now));
        if (sizeBytes >= TELLING_BYTES) {
            Measured of = measured.computeIfAbsent(remote, key -> new Measured());
            of.count(now);
            of.telling++;
        }
    }

    /** Does nothing for an upload that did not begin or has ended. */
    void ends(ChunkId chunk, boolean acknowledged, long now) {
        Upload upload = uploads.remove(chunk);
        if (upload != null && upload.sizeBytes() >= TELLING_BYTES) {
            Measured of = measured.computeIfAbsent(upload.remote(), key -> new Measured());
            of.count(now);
            of.telling--;
            of.bytes += acknowledged ? upload.sizeBytes() : 0;
        }
    }

    /** 0 = not measured yet. Remotes that are about as fast as the fastest have its speed. */
    long bytesPerSecond(RemoteId remote) {
        Measured of = measured.get(remote);
        double own = of == null ? 0 : of.bytesPerSecond();
        double fastest = fastest();
        return (long) (own >= ALIKE * fastest ? fastest : own);
    }

    /** How much of an upload has not passed yet, about. */
    long leftBytes(ChunkId chunk, long now) {
        Upload upload = uploads.get(chunk);
        if (upload == null) {
            return Long.MAX_VALUE;
        }
        Measured of = measured.get(upload.remote());
        double share = of == null ? 0 : of.bytesPerSecond() / Math.max(1, of.telling);
        return Math.max(0, (long) (upload.sizeBytes() - (now - upload.begunNanos()) * share / 1e9));
    }

    /** The remotes to which an upload takes much longer than it should. */
    Set<RemoteId> stalled(long now) {
        double fastest = fastest();
        double unmeasured = fastest > 0 ? fastest : UNMEASURED_BYTES_PER_SECOND;
        Set<RemoteId> stalled = new HashSet<>();
        for (Upload upload : uploads.values()) {
            Measured of = measured.get(upload.remote());
            double own = of == null || of.bytesPerSecond() == 0 ? unmeasured : of.bytesPerSecond();
            double should = upload.sizeBytes() * 1e9 / own * Math.max(1, of == null ? 1 : of.telling);
            if (now - upload.begunNanos() > STALLED_TIMES * should + STALLED_NANOS) {
                stalled.add(upload.remote());
            }
        }
        return stalled;
    }

    private double fastest() {
        return measured.values().stream()
                .mapToDouble(Measured::bytesPerSecond)
                .max()
                .orElse(0);
    }
}
