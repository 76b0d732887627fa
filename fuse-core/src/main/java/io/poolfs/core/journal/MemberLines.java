package io.poolfs.core.journal;

import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteLabel;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The lines to all members, and what their acknowledgements come to. Used with the shipper's monitor held. */
final class MemberLines {
    private final Scheduler scheduler;
    private final Monitor monitor;
    private final MemberLine.Cargo cargo;
    private final MemberStores stores;
    private final Map<RemoteId, MemberLine> lines = new LinkedHashMap<>();
    private Voters voters;
    private boolean stopped;

    MemberLines(Scheduler scheduler, Monitor monitor, MemberLine.Cargo cargo, MemberStores stores, Voters voters) {
        this.scheduler = scheduler;
        this.monitor = monitor;
        this.cargo = cargo;
        this.stores = stores;
        this.voters = voters;
    }

    Voters voters() {
        return voters;
    }

    void setVoters(Voters now) {
        voters = now;
    }

    /** One to each voter, and to nobody else. After {@link #stop} nothing starts that nobody stops any more. */
    void open() {
        if (stopped) {
            return;
        }
        Set<RemoteId> wanted = new HashSet<>();
        for (Op.Member member : voters.members()) {
            wanted.add(member.remote());
            if (!lines.containsKey(member.remote())) {
                MemberLine line = new MemberLine(scheduler, monitor, cargo, member, stores);
                lines.put(member.remote(), line);
                line.start();
            }
        }
        lines.values().removeIf(line -> {
            boolean gone = !wanted.contains(line.id());
            if (gone) {
                line.stop();
            }
            return gone;
        });
    }

    List<MemberLine> all() {
        return List.copyOf(lines.values());
    }

    void poke() {
        lines.values().forEach(MemberLine::poke);
    }

    void stop() {
        stopped = true;
        lines.values().forEach(MemberLine::stop);
    }

    /** Whether enough of them have all segments up to this transaction. */
    boolean hold(long transaction) {
        return areEnough(line -> line.heldThrough() >= transaction);
    }

    /** Whether enough of them have the checkpoint. */
    boolean holdCheckpoint(String name) {
        return areEnough(line -> line.holdsCheckpoint(name));
    }

    private boolean areEnough(Predicate<MemberLine> has) {
        Set<RemoteId> holders = new HashSet<>();
        for (MemberLine line : lines.values()) {
            if (has.test(line)) {
                holders.add(line.id());
            }
        }
        return voters.isWritten(holders);
    }

    /** Whether this one has all segments up to the transaction and these checkpoints. */
    boolean isComplete(RemoteId id, long transaction, List<KeptCheckpoint> checkpoints) {
        MemberLine line = lines.get(id);
        return line != null
                && line.heldThrough() >= transaction
                && checkpoints.stream().allMatch(kept -> line.holdsCheckpoint(kept.name()));
    }

    /** Nothing but room is missing. */
    boolean areAllFull() {
        return !lines.isEmpty()
                && lines.values().stream()
                        .map(MemberLine::lastError)
                        .allMatch(e -> e != null && e.reason() == Reason.REMOTE_FULL);
    }

    /** What keeps them from acknowledging, with their names. */
    String complaints() {
        StringBuilder text = new StringBuilder();
        for (MemberLine line : lines.values()) {
            PoolException e = line.lastError();
            if (e != null) {
                text.append(text.isEmpty() ? "" : "; ")
                        .append(RemoteLabel.before(line.memberName(), String.valueOf(e.getMessage())));
            }
        }
        return text.isEmpty() ? "waiting for the members" : text.toString();
    }
}
