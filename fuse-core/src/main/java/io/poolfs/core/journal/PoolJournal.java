package io.poolfs.core.journal;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.TransactionCodec;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of a mounted pool: claims an epoch in the background, takes over what other owners wrote since, ships what
 * is committed here, writes checkpoints. What waits for the remotes waits here; the mount itself never does.
 *
 * <pre>
 * opened ──start──▶ claiming ──epoch is ours, history agreed──▶ shipping ──close──▶ released
 *                      │                                           │
 *                      └── another holder, history parted ──▶ ended (read-only) ◀── newer epoch
 * </pre>
 *
 * <p>Usable from any thread. It closes neither the metadata nor the {@link LocalState}.
 */
public final class PoolJournal implements ShippedLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolJournal.class);
    private static final Duration CLAIM_TIME = Duration.ofMinutes(5);
    private static final Duration SURVIVOR_TIME = Duration.ofMinutes(1);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final Scheduler scheduler;
    private final Settings settings;
    private final LocalState state;
    private final Metadata metadata;
    private final MemberStores stores;
    private final Outbox outbox;
    private final Epochs epochs;
    private final Shipper shipper;
    private final Checkpoints checkpoints;
    private final MemberChanges memberChanges;
    private final Monitor monitor;

    private @Nullable Task claiming;

    @GuardedByMonitor("monitor")
    private boolean claimed;

    /** Nobody else held the right to write when it was looked at last. */
    @GuardedByMonitor("monitor")
    private boolean free;

    @GuardedByMonitor("monitor")
    private boolean closing;

    @GuardedByMonitor("monitor")
    private @Nullable PoolException lastClaimError;

    private PoolJournal(
            Scheduler scheduler,
            Settings settings,
            LocalState state,
            Metadata metadata,
            Supplier<? extends List<? extends Remote>> remotes)
            throws PoolException {
        this.scheduler = scheduler;
        this.settings = settings;
        this.state = state;
        this.metadata = metadata;
        this.stores = new MemberStores(remotes);
        this.outbox = new Outbox(state.files(), state.places().epochs());
        this.epochs = new Epochs(
                scheduler,
                settings.layout(),
                state.pool(),
                state.owner(),
                state.host(),
                settings.claimSettle(),
                new OtherStates(state.files(), state.places(), settings.isDead()),
                outbox,
                this::isClosing);
        this.shipper = new Shipper(
                scheduler,
                settings.layout(),
                new SegmentCodec(state.pool()),
                state.owner(),
                state.journal(),
                state.chain(),
                state.shelf(),
                stores,
                Membership.load(state, metadata),
                metadata::lastTransaction,
                settings.shipInterval());
        this.checkpoints = new Checkpoints(state, metadata, shipper);
        this.monitor = scheduler.newMonitor("pool journal");
        this.memberChanges = new MemberChanges(state, metadata, shipper, checkpoints);
    }

    /**
     * Makes the journal over a state whose metadata store was restored; nothing starts yet.
     *
     * @param remotes the configured remotes now; those without an id are not members yet
     */
    public static PoolJournal open(
            Settings settings, LocalState state, Metadata metadata, Supplier<? extends List<? extends Remote>> remotes)
            throws PoolException {
        return new PoolJournal(state.scheduler(), settings, state, metadata, remotes);
    }

    /** Starts claiming and then shipping, in the background. */
    public void start() {
        memberChanges.resume();
        shipper.onShipped(transaction -> {
            memberChanges.shipped(transaction);
            checkpoints.consider();
        });
        claiming = scheduler.start("claim epoch", this::claimUntilDone);
    }

    /** Waits until the epoch is ours and history agreed upon; false at the deadline or when it has ended. */
    public boolean awaitClaimed(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            return monitor.await(() -> claimed || closing || fenced() != null, deadlineNanos) && claimed;
        }
    }

    /**
     * Waits until the remotes have said whether the right to write can be ours: it is free, somebody has it ({@link
     * #fenced}), or too few answered. Nothing is certain yet, but what a person must decide is known by then.
     */
    public void awaitFirstWord(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused =
                    monitor.await(() -> free || closing || lastClaimError != null || fenced() != null, deadlineNanos);
        }
    }

    /** Notes how far the remotes are known to have it: for whoever opens the state later and cannot ask them. */
    public void noteShipped() throws PoolException {
        state.noteShipped(shippedTransaction());
    }

    /** Inodes with content that was committed here and is not known to be recorded on the remotes. */
    public Set<Long> unshippedContent() throws PoolException {
        Set<Long> inodes = new TreeSet<>();
        state.forEachBehind(Math.max(shippedTransaction(), state.shipped()), (id, line) -> {
            for (Op op : TransactionCodec.decode(line).ops()) {
                if (op instanceof Op.CommitContent content) {
                    inodes.add(content.inode());
                }
            }
        });
        return inodes;
    }

    /**
     * What is damaged of the metadata's copies on a remote, one sentence each.
     *
     * @throws PoolException when the remote cannot be read
     */
    public List<String> damagedCopies(RemoteStore store) throws PoolException {
        return new CopyAudit(state.files(), settings.layout(), state.chain(), state.shelf()).damagedOn(store);
    }

    @Override
    public @Nullable PoolException claimError() {
        try (Monitor.Hold hold = monitor.enter()) {
            return claimed ? null : lastClaimError;
        }
    }

    /** Writes a checkpoint now, wherever things stand, and waits until it is on enough members. */
    public void checkpoint(long deadlineNanos) throws PoolException {
        checkpoints.force(deadlineNanos);
    }

    /** The transaction of the older kept checkpoint, both being on enough members; 0 while there are none. */
    public long checkpointedTransaction() {
        return checkpoints.settledTransaction();
    }

    /**
     * Changes who keeps the metadata: a newcomer has everything before it counts. Repeating it is harmless; a change that
     * was begun before is brought to its end first.
     *
     * @throws PoolException INVALID for an impossible quorum; NO_QUORUM when the deadline passes: either nothing has
     *     changed, or the change is committed and ends by itself when enough members can be reached
     */
    public void changeMembers(MetadataReader.Members next, long deadlineNanos) throws PoolException {
        memberChanges.change(next, deadlineNanos);
    }

    @Override
    public long shippedTransaction() {
        return shipper.shippedTransaction();
    }

    @Override
    public void awaitShipped(long transaction, long deadlineNanos) throws PoolException {
        try {
            shipper.awaitShipped(transaction, deadlineNanos);
        } catch (PoolException e) {
            PoolException claim = claimError();
            if (e.reason() == Reason.NO_QUORUM && claim != null && claim.reason() == Reason.NO_SPACE) {
                throw new PoolException(Reason.NO_SPACE, e.getMessage() + "; " + claim.getMessage(), e);
            }
            throw e;
        }
    }

    @Override
    public void syncLocally() throws PoolException {
        shipper.syncLocally();
    }

    @Override
    public long epoch() {
        return shipper.epoch();
    }

    @Override
    public @Nullable PoolException fenced() {
        return shipper.fenced();
    }

    /** As {@link #close(long, boolean)} with nothing left. */
    public void close(long deadlineNanos) throws PoolException {
        close(deadlineNanos, false);
    }

    /**
     * Ends the mount: ships what is committed, writes a checkpoint, releases the epoch; each as far as the deadline
     * allows. Nothing local is lost by what could not be done. The caller closes the metadata store afterwards and then
     * calls {@link #markClean}.
     *
     * @param contentLeft content stays here that is not committed: the epoch is not released, so that nobody goes on
     *     without it unawares
     */
    public void close(long deadlineNanos, boolean contentLeft) throws PoolException {
        refuseClaims();
        boolean all = false;
        try {
            if (epoch() > 0 && fenced() == null) {
                awaitShipped(metadata.lastTransaction(), deadlineNanos);
                all = true;
                checkpoints.atShutdown(deadlineNanos);
            }
        } catch (PoolException e) {
            LOG.warn("not everything could be finished before the end: {}", e.getMessage());
        }
        end();
        if (all && !contentLeft && fenced() == null) {
            release(deadlineNanos);
        }
    }

    /** Ends at once, without a word to the remotes. */
    @Override
    public void close() throws PoolException {
        refuseClaims();
        end();
    }

    private void refuseClaims() {
        try (Monitor.Hold hold = monitor.enter()) {
            closing = true;
            monitor.signalAll();
        }
    }

    private void end() throws PoolException {
        shipper.stop();
        Task running = claiming;
        if (running != null) {
            running.join(Long.MAX_VALUE);
        }
        shipper.join(Long.MAX_VALUE);
        state.journal().sync();
    }

    /** The metadata store has been synced and closed: the next opening may trust it. */
    public void markClean() throws PoolException {
        state.journal().close();
        state.noteShipped(shippedTransaction());
        state.markClean();
    }

    private void release(long deadlineNanos) throws PoolException {
        Map<RemoteId, RemoteStore> members = stores.of(shipper.voters().members());
        Poll.Result<Boolean> result = epochs.release(epoch(), state.chain().head(), members, deadlineNanos);
        if (!shipper.voters().isClaimed(result.answered())) {
            LOG.warn("epoch {} could not be released everywhere: {}", epoch(), result.complaints(members));
        }
    }

    private boolean isClosing() {
        try (Monitor.Hold hold = monitor.enter()) {
            return closing;
        }
    }

    private void claimUntilDone() throws PoolException {
        Duration wait = FIRST_RETRY;
        while (true) {
            try {
                if (claimOnce()) {
                    return;
                }
            } catch (PoolException e) {
                if (isClosing()) {
                    return;
                }
                if (isFinal(e)) {
                    LOG.warn("the mount is read-only: {}", e.getMessage());
                    shipper.end(e);
                    wake(e);
                    return;
                }
                LOG.info("no epoch could be claimed yet: {}", e.getMessage());
                wake(e);
            }
            try (Monitor.Hold hold = monitor.enter()) {
                if (monitor.await(() -> closing, scheduler.deadlineAfter(wait))) {
                    return;
                }
            }
            wait = wait.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? wait.multipliedBy(2) : LONGEST_RETRY;
        }
    }

    private void nobodyHolds() {
        try (Monitor.Hold hold = monitor.enter()) {
            free = true;
            monitor.signalAll();
        }
    }

    private static boolean isFinal(PoolException e) {
        return switch (e.reason()) {
            case FENCED, READ_ONLY, CORRUPT, NEWER_FORMAT, CLOSED, CANCELLED -> true;
            default -> false;
        };
    }

    private void wake(@Nullable PoolException error) {
        try (Monitor.Hold hold = monitor.enter()) {
            lastClaimError = error;
            claimed = error == null;
            monitor.signalAll();
        }
    }

    /** False when the membership turned out to be another, so that the claim must be made there. */
    private boolean claimOnce() throws PoolException {
        long deadline = scheduler.deadlineAfter(CLAIM_TIME);
        Voters before = shipper.voters();
        Voters voters = settings.acceptLoss() ? survivors(before, deadline) : before;
        boolean replaced = !voters.equals(before);
        Map<RemoteId, RemoteStore> members = stores.of(voters.members());
        Epochs.Claimed ours = epochs.claim(
                voters,
                members,
                state.chain().head(),
                settings.takeOver(),
                settings.acceptLoss(),
                this::nobodyHolds,
                deadline);
        adopt(ours, voters, members, deadline);
        Voters now = Membership.load(state, metadata);
        if (!replaced && !now.equals(voters)) {
            shipper.setVoters(now);
            return false;
        }
        shipper.setVoters(voters);
        begin(ours.epoch(), voters, deadline);
        if (replaced) {
            MetadataReader.Members left = voters.groups().get(0);
            LOG.warn("the members are from now on: {}", left.members());
            metadata.alter(writer -> writer.apply(new Op.SetMembers(left.members(), left.writeQuorum())));
        }
        wake(null);
        return true;
    }

    private void adopt(Epochs.Claimed ours, Voters voters, Map<RemoteId, RemoteStore> members, long deadlineNanos)
            throws PoolException {
        try {
            new Adoption(settings.layout(), state, metadata, settings.acceptLoss()).run(ours, voters, deadlineNanos);
        } catch (PoolException e) {
            if (isFinal(e)) {
                // The claim holds nothing and will not: nobody is to be kept out by it.
                epochs.release(ours.epoch(), ChainPosition.START, members, deadlineNanos);
            }
            throw e;
        }
    }

    private void begin(long epoch, Voters voters, long deadlineNanos) throws PoolException {
        shipper.bringChain(epoch, store -> epochs.introduce(epoch, store), settings.recovered(), deadlineNanos);
        ChainPosition base = state.chain().head();
        epochs.putBase(epoch, base, voters, stores.of(voters.members()), deadlineNanos);
        shipper.setIntroduction(store -> {
            epochs.introduce(epoch, store);
            epochs.introduceBase(epoch, store);
        });
        outbox.pruneBelow(epoch);
        shipper.start(epoch);
    }

    /** The voters, or when too few of them answer, those that do. */
    private Voters survivors(Voters voters, long deadlineNanos) throws PoolException {
        Map<RemoteId, RemoteStore> members = stores.of(voters.members());
        Set<RemoteId> answering = new HashSet<>(Poll.<Boolean>start(scheduler, "look for", members, (id, store) -> {
                    store.list(settings.layout().epochFolder());
                    return true;
                })
                .awaitAll(Math.min(deadlineNanos, scheduler.deadlineAfter(SURVIVOR_TIME)))
                .answered());
        if (voters.isClaimed(answering) && voters.isWritten(answering)) {
            return voters;
        }
        List<Op.Member> left = voters.members().stream()
                .filter(member -> answering.contains(member.remote()))
                .toList();
        if (left.isEmpty()) {
            throw new PoolException(Reason.NO_QUORUM, "no member answers");
        }
        return Voters.of(new MetadataReader.Members(left, Voters.defaultWriteQuorum(left.size())));
    }

    /**
     * What the configuration decides.
     *
     * @param shipInterval how long a committed transaction that nobody waits for stays here at most
     * @param claimSettle how long listings of the remotes may lag
     * @param takeOver claim although another owner has not released its epoch
     * @param recovered the state was just fetched from the remotes: it is brought to W of them before anything else
     * @param acceptLoss go on from what can be read although transactions may be missing; when too few members are left
     *     for a quorum, those that answer become the members
     * @param isDead whether a process that holds the right to write is known to have ended
     */
    public record Settings(
            Layout layout,
            Duration shipInterval,
            Duration claimSettle,
            boolean takeOver,
            boolean recovered,
            boolean acceptLoss,
            Predicate<HostIdentity> isDead) {
        public Settings(
                Layout layout,
                Duration shipInterval,
                Duration claimSettle,
                boolean takeOver,
                boolean recovered,
                boolean acceptLoss) {
            this(layout, shipInterval, claimSettle, takeOver, recovered, acceptLoss, host -> false);
        }

        public Settings(
                Layout layout, Duration shipInterval, Duration claimSettle, boolean takeOver, boolean recovered) {
            this(layout, shipInterval, claimSettle, takeOver, recovered, false);
        }
    }
}
