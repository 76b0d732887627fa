package io.poolfs.core.journal;

import io.poolfs.core.meta.MetadataReader.Members;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Who decides: the members with their quorums; while the membership changes, the old and the new ones. Immutable.
 *
 * <p>With N members, W of which must acknowledge a segment: heads are read from N − W + 1, so that one of them has what
 * was acknowledged. A claim is put on at least as many and on at least W, and the fence is read from so many that they
 * meet every claim: a majority, or W where that is less (two members with W = 1: claims on both, fence read from one).
 *
 * @param groups one, or two while the membership changes
 */
public record Voters(List<Members> groups) {
    public Voters {
        groups = List.copyOf(groups);
    }

    public static Voters of(Members members) {
        return new Voters(List.of(members));
    }

    /** W when nothing else was decided: a majority, but one of two. */
    public static int defaultWriteQuorum(int members) {
        return members == 2 ? 1 : members / 2 + 1;
    }

    static int readQuorum(Members group) {
        return group.members().size() - group.writeQuorum() + 1;
    }

    static int claimQuorum(Members group) {
        return Math.max(group.writeQuorum(), readQuorum(group));
    }

    static int fenceQuorum(Members group) {
        int count = group.members().size();
        return Math.max(count - claimQuorum(group) + 1, Math.min(count / 2 + 1, group.writeQuorum()));
    }

    /** All members, each once. */
    public List<Op.Member> members() {
        List<Op.Member> all = new ArrayList<>();
        Set<RemoteId> seen = new LinkedHashSet<>();
        for (Members group : groups) {
            for (Op.Member member : group.members()) {
                if (seen.add(member.remote())) {
                    all.add(member);
                }
            }
        }
        return all;
    }

    boolean isWritten(Collection<RemoteId> acknowledged) {
        return reached(acknowledged, Members::writeQuorum);
    }

    /**
     * Whether a segment was never acknowledged for sure: too few members have a copy of it, or could have one.
     *
     * @param holders the members that have a copy, be it damaged; empty when that is not the question
     * @param read the members that said whether they have one
     */
    boolean isUnfinished(Collection<RemoteId> holders, Collection<RemoteId> read) {
        Set<RemoteId> possible = new LinkedHashSet<>(holders);
        for (Op.Member member : members()) {
            if (!read.contains(member.remote())) {
                possible.add(member.remote());
            }
        }
        return !holders.isEmpty() && !isWritten(possible);
    }

    boolean isClaimed(Collection<RemoteId> acknowledged) {
        return reached(acknowledged, Voters::claimQuorum);
    }

    boolean isRead(Collection<RemoteId> answered) {
        return reached(answered, Voters::readQuorum);
    }

    boolean isFenceRead(Collection<RemoteId> answered) {
        return reached(answered, Voters::fenceQuorum);
    }

    private boolean reached(Collection<RemoteId> ids, ToIntFunction<Members> needed) {
        for (Members group : groups) {
            if (group.writeQuorum() == 0) {
                // They get everything and decide nothing yet.
                continue;
            }
            long count = group.members().stream()
                    .filter(member -> ids.contains(member.remote()))
                    .count();
            if (count < needed.applyAsInt(group)) {
                return false;
            }
        }
        return true;
    }
}
