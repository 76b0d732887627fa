package io.poolfs.core.journal;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a claim: local history and the members' are laid side by side. What others wrote since is taken over when
 * nothing local stands against it; histories that have parted are never merged: what is only local is set aside, and the
 * mount is read-only until a person decides.
 */
final class Adoption {
    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final Layout layout;
    private final LocalState state;
    private final Metadata metadata;
    private final boolean acceptLoss;
    private final Chain chain;

    /**
     * @param acceptLoss a hole in the members' history, or none at all there, is no reason to stop
     */
    Adoption(Layout layout, LocalState state, Metadata metadata, boolean acceptLoss) {
        this.layout = layout;
        this.state = state;
        this.metadata = metadata;
        this.acceptLoss = acceptLoss;
        this.chain = state.chain();
    }

    /**
     * Brings chain, store and journal to the head of history.
     *
     * @throws PoolException READ_ONLY when histories have parted; CORRUPT when the members' has a hole; NO_QUORUM
     */
    void run(Epochs.Claimed ours, Voters voters, long deadlineNanos) throws PoolException {
        ChainPosition head = chain.head();
        EpochLine line = EpochLine.read(ours.survey(), ours.epoch(), head.epoch());
        Copies copies = ours.survey().copies();
        if (line.isEmpty() && !head.isStart() && !acceptLoss) {
            requireRead(copies, voters);
            throw new PoolException(
                    Reason.CORRUPT,
                    "the members know of no history, but this state directory stands at transaction " + head.last());
        }
        if (!line.isEmpty() && line.behind(head) == null) {
            requireRead(copies, voters);
            throw parted(line, "epoch " + head.folder() + " ended before transaction " + head.last());
        }
        AtomicBoolean adopting = new AtomicBoolean();
        try {
            HistoryWalk.End end = new HistoryWalk(layout, new SegmentCodec(state.pool()), copies, line, deadlineNanos)
                    .walk(head, (segment, object) -> {
                        if (!adopting.get() && !state.journal().beginAdoption(chain.last())) {
                            throw parted(
                                    line,
                                    "others have written transactions from "
                                            + segment.header().first() + " on");
                        }
                        adopting.set(true);
                        chain.append(object, segment.header());
                        segment.forEachLine((id, json) -> LocalState.replay(metadata, id, json));
                    });
            copies.bad().forEach(bad -> LOG.warn("{} on {} is not usable: {}", bad.object(), bad.remote(), bad.what()));
            requireRead(copies, voters);
            boolean unfinished =
                    voters.isUnfinished(end.torn(), copies.members().keySet());
            if (end.gap() != null && !unfinished && isPruned(copies, end.position(), deadlineNanos)) {
                throw outdated(line, end.position());
            }
            if (end.gap() != null && !unfinished && !acceptLoss) {
                throw new PoolException(Reason.CORRUPT, end.gap());
            }
        } finally {
            if (adopting.get()) {
                state.journal().restartAt(chain.last());
            }
        }
        if (adopting.get()) {
            LOG.info("took over what others wrote: transactions {} to {}", head.last() + 1, chain.last());
        }
    }

    /** Whether what follows the position is gone because a checkpoint stands for it. */
    private boolean isPruned(Copies copies, ChainPosition position, long deadlineNanos) throws PoolException {
        for (String name : copies.list(layout.checkpointFolder(), deadlineNanos)) {
            NumberedName checkpoint = NumberedName.parse(name);
            if (checkpoint != null && checkpoint.number() > position.last()) {
                return true;
            }
        }
        return false;
    }

    private PoolException outdated(EpochLine line, ChainPosition position) throws PoolException {
        if (state.journal().lastTransaction() > chain.last()) {
            return parted(line, "others have written transactions from " + (position.last() + 1) + " on");
        }
        return new PoolException(
                Reason.READ_ONLY,
                "this state directory stands at transaction " + position.last()
                        + ", and what others wrote next is on the remotes only as a checkpoint; the mount is read-only:"
                        + " run poolfs recover");
    }

    private static void requireRead(Copies copies, Voters voters) throws PoolException {
        if (!voters.isRead(copies.members().keySet())) {
            throw new PoolException(Reason.NO_QUORUM, "too few members could be read to know the head of history");
        }
    }

    private PoolException parted(EpochLine line, String how) throws PoolException {
        long common = 0;
        for (ChainEntry entry : chain.all()) {
            common = line.behind(entry.end()) == null ? common : entry.end().last();
        }
        String where = new SetAside(state).keep(common);
        return new PoolException(
                Reason.READ_ONLY,
                "the history in this state directory and the one on the remotes have parted: " + how + "; what is only"
                        + " here was set aside in " + where
                        + " and the mount is read-only until you decide: poolfs recover goes on with what the remotes have");
    }
}
