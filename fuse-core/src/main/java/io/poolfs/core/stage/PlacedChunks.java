package io.poolfs.core.stage;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader.Usage;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.placement.Candidate;
import io.poolfs.core.placement.Placement;
import io.poolfs.core.placement.PlacementRequest;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.time.Clock;
import io.poolfs.core.time.Randomness;
import io.poolfs.core.time.Scheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that this process has placed and that the journaled state does not know yet: they count as used when the
 * next one is placed, and gc leaves those alone that an upload or commit holds. Usable from any thread; waits for
 * nothing.
 *
 * <p>A chunk is: on its way → held (acknowledged, its commit is under way) → pending (recorded as pending content) →
 * gone from here (committed or deleted). One whose upload failed may exist all the same: it is pending, without use.
 */
public final class PlacedChunks {
    private enum State {
        ON_ITS_WAY,
        HELD,
        PENDING
    }

    private record Placed(RemoteId remote, long sizeBytes, State state) {}

    /** Asked before the lock is taken: a remote's status may need a lock of its own. */
    private record Seen(Remote remote, RemoteStatus status) {}

    /**
     * Where a chunk goes: a new id for each remote that is tried, so that each object that may exist has its record.
     *
     * @param stalled uploads to the remote had stalled already
     */
    record Ticket(ChunkId id, Remote remote, RemoteId remoteId, boolean stalled) {}

    private final Placement placement;
    private final Metadata metadata;
    private final Supplier<List<Remote>> remotes;
    private final Clock clock;
    private final Randomness random;
    private final Map<ChunkId, Placed> placed = new HashMap<>();
    /** Chunks that commits under way will use, with how many of them. */
    private final Map<ChunkId, Integer> kept = new HashMap<>();

    private final UploadSpeeds speeds = new UploadSpeeds();
    private long turn;

    public PlacedChunks(Placement placement, Metadata metadata, Supplier<List<Remote>> remotes, Scheduler scheduler) {
        this.placement = placement;
        this.metadata = metadata;
        this.remotes = remotes;
        this.clock = scheduler.clock();
        this.random = scheduler.random();
    }

    /** Takes up what earlier processes left. */
    void open() throws PoolException {
        List<Chunk> left = new ArrayList<>();
        metadata.look(reader -> reader.pendingChunks(left::add));
        synchronized (placed) {
            left.forEach(chunk -> put(chunk.id(), chunk.remote(), chunk.sizeBytes(), State.PENDING));
        }
    }

    /** NO_SPACE or REMOTE_UNAVAILABLE as {@link Placement#choose}. */
    Ticket place(long sizeBytes, Map<RemoteId, Reason> failed, @Nullable RemoteId fileAt) throws PoolException {
        List<Seen> all = look();
        Map<RemoteId, Usage> usage = metadata.read(reader -> reader.usage());
        synchronized (placed) {
            RemoteId to =
                    placement.choose(new PlacementRequest(sizeBytes, failed, fileAt, turn), candidates(all, usage));
            turn++;
            ChunkId id = new ChunkId(random.nextLong(), random.nextLong());
            put(id, to, sizeBytes, State.ON_ITS_WAY);
            Seen chosen = all.stream()
                    .filter(seen -> to.equals(seen.status().id()))
                    .findFirst()
                    .orElseThrow();
            return new Ticket(id, chosen.remote(), to, stalled().contains(to));
        }
    }

    /** The largest chunk that some remote has room for now. */
    long largestRoomBytes() throws PoolException {
        List<Seen> all = look();
        Map<RemoteId, Usage> usage = metadata.read(reader -> reader.usage());
        synchronized (placed) {
            return Placement.largestRoomBytes(candidates(all, usage));
        }
    }

    /** How many remotes take chunks now. */
    int takers() {
        return (int) remotes.get().stream()
                .filter(remote -> remote.status().takesChunks())
                .count();
    }

    /** How many uploads the remotes that take chunks do at a time. */
    int uploadSlots() {
        return remotes.get().stream()
                .filter(remote -> remote.status().takesChunks())
                .mapToInt(remote -> Math.max(1, remote.status().uploadSlots()))
                .sum();
    }

    /** The upload has its slot; {@link #acknowledged} or {@link #refused} must follow. */
    void begins(Ticket ticket, long sizeBytes) {
        synchronized (placed) {
            speeds.begins(ticket.id(), ticket.remoteId(), sizeBytes, clock.monotonicNanos());
        }
    }

    void acknowledged(Ticket ticket, long sizeBytes) {
        synchronized (placed) {
            put(ticket.id(), ticket.remoteId(), sizeBytes, State.HELD);
            speeds.ends(ticket.id(), true, clock.monotonicNanos());
        }
    }

    void refused(Ticket ticket) {
        synchronized (placed) {
            speeds.ends(ticket.id(), false, clock.monotonicNanos());
        }
    }

    /** Whether an upload to the remote has stalled since the ticket was given: who waits there should ask again. */
    boolean stalledSince(Ticket ticket) {
        if (ticket.stalled()) {
            return false; // there was no other
        }
        synchronized (placed) {
            return stalled().contains(ticket.remoteId());
        }
    }

    /** With the lock held. */
    private Set<RemoteId> stalled() {
        return speeds.stalled(clock.monotonicNanos());
    }

    /** Nobody holds it any more: it is recorded as pending, or what it was for came to nothing. */
    void letGo(ChunkId id) {
        synchronized (placed) {
            placed.computeIfPresent(id, (key, p) -> new Placed(p.remote(), p.sizeBytes(), State.PENDING));
        }
    }

    /** A commit under way will use it, whatever becomes of its pending record, until {@link #letGoOf}. */
    void keep(ChunkId id) {
        synchronized (placed) {
            kept.merge(id, 1, Integer::sum);
        }
    }

    void letGoOf(ChunkId id) {
        synchronized (placed) {
            kept.computeIfPresent(id, (key, commits) -> commits == 1 ? null : commits - 1);
        }
    }

    /** The journaled state counts it now, or it has been deleted. */
    public void forget(ChunkId id) {
        synchronized (placed) {
            placed.remove(id);
        }
    }

    /** Whether an upload or a commit of this process holds the chunk. */
    public boolean isHeld(ChunkId id) {
        synchronized (placed) {
            Placed p = placed.get(id);
            return kept.containsKey(id) || (p != null && p.state() != State.PENDING);
        }
    }

    private void put(ChunkId id, RemoteId remote, long sizeBytes, State state) {
        placed.put(id, new Placed(remote, sizeBytes, state));
    }

    private List<Seen> look() {
        return remotes.get().stream()
                .map(remote -> new Seen(remote, remote.status()))
                .toList();
    }

    private List<Candidate> candidates(List<Seen> all, Map<RemoteId, Usage> usage) {
        Map<RemoteId, long[]> sums = new HashMap<>();
        long now = clock.monotonicNanos();
        for (Map.Entry<ChunkId, Placed> entry : placed.entrySet()) {
            Placed p = entry.getValue();
            long[] sum = sums.computeIfAbsent(p.remote(), key -> new long[4]);
            sum[0] += p.sizeBytes();
            if (p.state() == State.ON_ITS_WAY) {
                sum[1] += p.sizeBytes();
                sum[2]++;
                sum[3] += Math.min(p.sizeBytes(), speeds.leftBytes(entry.getKey(), now));
            }
        }
        Set<RemoteId> stalled = stalled();
        List<Candidate> candidates = new ArrayList<>();
        for (Seen seen : all) {
            RemoteId id = seen.status().id();
            if (id == null) {
                candidates.add(new Candidate(seen.status(), 0, 0, 0, 0, 0, false));
                continue;
            }
            long[] sum = sums.getOrDefault(id, new long[4]);
            Usage stored = usage.get(id);
            candidates.add(new Candidate(
                    seen.status(),
                    sum[0] + (stored == null ? 0 : stored.storedBytes()),
                    sum[1],
                    (int) sum[2],
                    sum[3],
                    speeds.bytesPerSecond(id),
                    stalled.contains(id)));
        }
        return candidates;
    }
}
