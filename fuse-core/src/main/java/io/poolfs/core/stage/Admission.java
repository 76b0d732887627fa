package io.poolfs.core.stage;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Refuses writes that the pool has no room for, so that the program that copies fails and not the upload after it.
 * Cheap; usable from any thread.
 */
public final class Admission {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    /** With less than this free, uploads change it faster than that. */
    private static final long SCARCE_BYTES = 4L << 30;

    private static final Duration LOOK_AGAIN_SCARCE = Duration.ofMillis(20);

    /** Others may take what came free. */
    private static final int RECLAIMS = 10;

    private record Room(long freeBytes, long atNanos) {}

    private final Clock clock;
    private final Supplier<List<RemoteStatus>> remotes;
    private final LongSupplier stagedBytes;
    private final Reclaim reclaim;
    private volatile Room room;

    /** Makes room on the remotes: lets go what was deleted, or waits for uploads, which count twice while they run. */
    @FunctionalInterface
    public interface Reclaim {
        /** Returns when that is done; false when nothing can come free. */
        boolean makeRoom() throws PoolException;
    }

    /**
     * @param stagedBytes dirty bytes that no remote holds yet
     * @param reclaim asked when there is no room
     */
    public Admission(Clock clock, Supplier<List<RemoteStatus>> remotes, LongSupplier stagedBytes, Reclaim reclaim) {
        this.clock = clock;
        this.remotes = remotes;
        this.stagedBytes = stagedBytes;
        this.reclaim = reclaim;
        this.room = new Room(Long.MAX_VALUE, clock.monotonicNanos() - LOOK_AGAIN.toNanos());
    }

    /**
     * NO_SPACE when these and the staged bytes exceed the known free space of the remotes, also after what was deleted
     * has gone from them. Waits for that; no lock may be held.
     */
    public void admit(long bytes) throws PoolException {
        Room known = room;
        long age = clock.monotonicNanos() - known.atNanos();
        Duration fresh = known.freeBytes() < SCARCE_BYTES ? LOOK_AGAIN_SCARCE : LOOK_AGAIN;
        if (age >= fresh.toNanos()) {
            known = look();
        }
        for (int i = 0; i < RECLAIMS; i++) {
            if (fits(bytes, known)) {
                return;
            }
            if (!reclaim.makeRoom()) {
                break;
            }
            known = look();
        }
        throw new PoolException(
                Reason.NO_SPACE,
                "the remotes have " + room.freeBytes() + " bytes free, " + stagedBytes.getAsLong()
                        + " bytes wait for them already");
    }

    private Room look() {
        Room now = new Room(freeBytes(remotes.get()), clock.monotonicNanos());
        room = now;
        return now;
    }

    private boolean fits(long bytes, Room known) {
        return known.freeBytes() == Long.MAX_VALUE || stagedBytes.getAsLong() + bytes <= known.freeBytes();
    }

    /** Room of the distinct stores; Long.MAX_VALUE when one that could take chunks does not tell, or none is known yet. */
    public static long freeBytes(List<RemoteStatus> remotes) {
        Map<String, StoreRoom> byStore = new HashMap<>();
        boolean known = false;
        for (RemoteStatus remote : remotes) {
            // One that is only away comes back; what answers in another's name does not count.
            if (!remote.enabled() || remote.health() == RemoteStatus.Health.MISSING) {
                continue;
            }
            if (remote.id() == null) {
                return Long.MAX_VALUE;
            }
            known = true;
            if (!remote.full() && remote.freeBytes().isEmpty()) {
                return Long.MAX_VALUE;
            }
            byStore.merge(remote.storeKey(), StoreRoom.of(remote), StoreRoom::with);
        }
        return known ? byStore.values().stream().mapToLong(StoreRoom::bytes).sum() : Long.MAX_VALUE;
    }

    /** Remotes that share a store have together what each may still take, and no more than the store has. */
    private record StoreRoom(long ofRemotes, long ofStore) {
        static StoreRoom of(RemoteStatus remote) {
            return remote.full()
                    ? new StoreRoom(0, 0)
                    : new StoreRoom(
                            remote.freeBytes().getAsLong(),
                            remote.storeFreeBytes().orElse(Long.MAX_VALUE));
        }

        StoreRoom with(StoreRoom other) {
            return new StoreRoom(ofRemotes + other.ofRemotes, Math.max(ofStore, other.ofStore));
        }

        long bytes() {
            return Math.min(ofRemotes, ofStore);
        }
    }
}
