package io.poolfs.core.journal;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataReader.Members;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of members of one mount, one at a time. One that is committed ends when it is shipped: by whoever made it,
 * or in the background when that one gave up waiting, or belonged to an earlier mount. Usable from any thread.
 *
 * <pre>
 * none ──change──▶ members and newcomers ──commit──▶ both quorums ──shipped──▶ none
 *                        └── failed ──▶ none             └── not in time ──▶ unfinished ──shipped──▶ none
 * </pre>
 */
final class MemberChanges {
    private static final Logger LOG = LoggerFactory.getLogger(MemberChanges.class);

    private final LocalState state;
    private final Metadata metadata;
    private final Shipper shipper;
    private final Checkpoints checkpoints;
    private final Monitor changing;
    private final Monitor finishing;
    private final Monitor monitor;

    /** The transaction with whose shipping the unfinished change ends; 0 when there is none. */
    @GuardedByMonitor("monitor")
    private long endsAt;

    MemberChanges(LocalState state, Metadata metadata, Shipper shipper, Checkpoints checkpoints) {
        this.state = state;
        this.metadata = metadata;
        this.shipper = shipper;
        this.checkpoints = checkpoints;
        this.changing = state.scheduler().newMonitor("change of members");
        this.finishing = state.scheduler().newMonitor("end of a change of members");
        this.monitor = state.scheduler().newMonitor("unfinished change of members");
    }

    /** Before anything ships: takes up what an earlier mount left unfinished. */
    void resume() {
        if (shipper.voters().groups().size() > 1) {
            isUnfinishedUntil(metadata.lastTransaction());
        }
    }

    /** Everything up to the transaction is shipped. Does not wait for a change that is being made. */
    void shipped(long transaction) {
        // One at a time: who comes second must not end the change that comes next.
        try (Monitor.Hold one = finishing.enter()) {
            boolean ended;
            try (Monitor.Hold hold = monitor.enter()) {
                ended = endsAt > 0 && transaction >= endsAt;
            }
            if (ended) {
                finish();
            }
        }
    }

    /** As {@link PoolJournal#changeMembers}. */
    void change(Members next, long deadlineNanos) throws PoolException {
        try (Monitor.Hold one = changing.enter()) {
            awaitFinished(deadlineNanos);
            if (metadata.read(MetadataReader::members).equals(next)) {
                return;
            }
            try {
                membership().change(next, deadlineNanos);
            } catch (PoolException e) {
                if (!metadata.read(MetadataReader::members).equals(next)) {
                    throw e;
                }
                long committed = metadata.lastTransaction();
                isUnfinishedUntil(committed);
                if (shipper.shippedTransaction() < committed) {
                    throw e;
                }
                shipped(committed); // it got there in this moment
            }
        }
    }

    private void awaitFinished(long deadlineNanos) throws PoolException {
        long end;
        try (Monitor.Hold hold = monitor.enter()) {
            end = endsAt;
        }
        if (end == 0) {
            return;
        }
        shipper.awaitShipped(end, deadlineNanos);
        try (Monitor.Hold hold = monitor.enter()) {
            if (!monitor.await(() -> endsAt == 0, deadlineNanos)) {
                throw new PoolException(Reason.NO_QUORUM, "the change of members before this one has not ended yet");
            }
        }
    }

    private void isUnfinishedUntil(long transaction) {
        try (Monitor.Hold hold = monitor.enter()) {
            endsAt = transaction;
        }
    }

    private void finish() {
        try {
            membership().finish();
            try (Monitor.Hold hold = monitor.enter()) {
                endsAt = 0;
                monitor.signalAll();
            }
        } catch (PoolException e) {
            LOG.warn("the change of members is not finished: {}", e.getMessage());
        }
    }

    private Membership membership() {
        return new Membership(state, metadata, shipper, checkpoints);
    }
}
