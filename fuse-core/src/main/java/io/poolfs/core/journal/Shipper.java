package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the local journal to the members: cuts segments, lets the {@link MemberLine}s put them, and calls a segment
 * shipped when W members have it and a majority, asked afterwards, knows no newer epoch. One segment at a time, in
 * order; who waits for a transaction shares the next segment with all who wait meanwhile.
 *
 * <p>Finding a newer epoch ends it for good: appends are refused, everything local stays.
 */
final class Shipper implements ShippedLog {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
    private static final Duration FENCE_WAIT = Duration.ofSeconds(30);
    private static final Duration FENCE_RETRY = Duration.ofMillis(500);

    /** A log file whose transactions have all been cut is left for a new one when it has this much. */
    private static final long ROLL_CUT_BYTES = 1 << 20;

    private final Scheduler scheduler;
    private final Layout layout;
    private final SegmentCodec codec;
    private final OwnerId owner;
    private final LocalJournal journal;
    private final Chain chain;
    private final MemberStores stores;
    private final LongSupplier committed;
    private final Duration interval;
    private final Fence fence;
    private final Monitor monitor;
    private final CheckpointShelf shelf;

    @GuardedByMonitor("monitor")
    private final MemberLines lines;

    @GuardedByMonitor("monitor")
    private long epoch;

    @GuardedByMonitor("monitor")
    private long shipped;

    /** Up to here history was agreed upon when the epoch was claimed. */
    @GuardedByMonitor("monitor")
    private long brought;

    /** Somebody waits for this transaction. */
    @GuardedByMonitor("monitor")
    private long demanded;

    /** A segment must end here, and none goes beyond it until one does. */
    @GuardedByMonitor("monitor")
    private long cutAt = Long.MAX_VALUE;

    @GuardedByMonitor("monitor")
    private @Nullable PoolException fenced;

    @GuardedByMonitor("monitor")
    private boolean stopped;

    @GuardedByMonitor("monitor")
    private @Nullable Introduction introduction;

    @GuardedByMonitor("monitor")
    private Consumer<Long> onShipped = transaction -> {};

    private @Nullable Task task;

    /** Touched by the task alone. */
    private volatile String lastComplaint = "";

    /** What is not shipped is kept from it by this machine's disk. */
    private volatile boolean noRoomHere;

    Shipper(
            Scheduler scheduler,
            Layout layout,
            SegmentCodec codec,
            OwnerId owner,
            LocalJournal journal,
            Chain chain,
            CheckpointShelf shelf,
            MemberStores stores,
            Voters voters,
            LongSupplier committed,
            Duration interval) {
        this.scheduler = scheduler;
        this.layout = layout;
        this.codec = codec;
        this.owner = owner;
        this.journal = journal;
        this.chain = chain;
        this.shelf = shelf;
        this.stores = stores;
        this.committed = committed;
        this.interval = interval;
        this.fence = new Fence(scheduler, layout);
        this.monitor = scheduler.newMonitor("shipper");
        this.lines = new MemberLines(scheduler, monitor, new Load(), stores, voters);
    }

    /**
     * Brings what the chain has to W members, whoever cut it: before a new epoch says what it goes on from.
     *
     * @param claimed makes a claim known to members
     * @param checkpointsToo waits until W members have the local checkpoints too: they came from few
     * @throws PoolException NO_QUORUM at the deadline
     */
    void bringChain(long newEpoch, Introduction claimed, boolean checkpointsToo, long deadlineNanos)
            throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            introduction = claimed;
            lines.open();
            long last = chain.last();
            brought = last;
            monitor.signalAll();
            boolean done = monitor.await(
                    () -> stopped || (lines.hold(last) && (!checkpointsToo || areCheckpointsShipped())), deadlineNanos);
            if (!done || stopped) {
                throw new PoolException(
                        Reason.NO_QUORUM,
                        "epoch " + newEpoch + " cannot start: " + chain.head() + " is not on enough members: "
                                + lines.complaints());
            }
        }
    }

    /** With the monitor held: the checkpoints that members may have. One that is not shipped could still become void. */
    private List<KeptCheckpoint> shippable() {
        long through = Math.max(shipped, brought);
        return shelf.kept().stream()
                .filter(kept -> kept.transaction() <= through)
                .toList();
    }

    /** Starts shipping as this epoch, whose base is on a claim quorum. */
    void start(long newEpoch) {
        try (Monitor.Hold hold = monitor.enter()) {
            epoch = newEpoch;
            monitor.signalAll();
        }
        task = scheduler.start("ship journal", this::run);
    }

    void onShipped(Consumer<Long> listener) {
        try (Monitor.Hold hold = monitor.enter()) {
            onShipped = listener;
        }
    }

    /** Who has to acknowledge from now on. New members get everything; nothing counts less than before. */
    void setVoters(Voters now) {
        try (Monitor.Hold hold = monitor.enter()) {
            lines.setVoters(now);
            if (introduction != null) {
                lines.open();
            }
            monitor.signalAll();
        }
    }

    Voters voters() {
        try (Monitor.Hold hold = monitor.enter()) {
            return lines.voters();
        }
    }

    /** Ends shipping for good: appends are refused, waiters are told. The first reason stays. */
    void end(PoolException why) {
        journal.refuse(why);
        try (Monitor.Hold hold = monitor.enter()) {
            if (fenced == null) {
                fenced = why;
            }
            lines.stop();
            monitor.signalAll();
        }
    }

    /** Lets the tasks end without a reason to tell: the mount ends. */
    void stop() {
        try (Monitor.Hold hold = monitor.enter()) {
            stopped = true;
            lines.stop();
            monitor.signalAll();
        }
    }

    /** Waits for the end of the shipping task and of what members are being given. */
    void join(long deadlineNanos) throws PoolException {
        Task running = task;
        if (running != null) {
            running.join(deadlineNanos);
        }
        List<MemberLine> ending;
        try (Monitor.Hold hold = monitor.enter()) {
            ending = lines.all();
        }
        for (MemberLine line : ending) {
            line.join(deadlineNanos);
        }
    }

    @Override
    public long shippedTransaction() {
        try (Monitor.Hold hold = monitor.enter()) {
            return shipped;
        }
    }

    @Override
    public void awaitShipped(long transaction, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (transaction > shipped && transaction > demanded) {
                demanded = transaction;
                lines.poke();
                monitor.signalAll();
            }
            boolean done = monitor.await(() -> shipped >= transaction || fenced != null || stopped, deadlineNanos);
            if (shipped >= transaction) {
                return;
            }
            if (fenced != null) {
                throw new PoolException(fenced.reason(), String.valueOf(fenced.getMessage()), fenced);
            }
            throw new PoolException(
                    done ? Reason.CLOSED : whatIsMissing(),
                    "transaction " + transaction + " is not on enough members yet (shipped: " + shipped + "): "
                            + (epoch == 0 ? "no epoch could be claimed; " : "")
                            + (noRoomHere ? lastComplaint : lines.complaints()));
        }
    }

    @Override
    public void syncLocally() throws PoolException {
        journal.sync();
    }

    @Override
    public long epoch() {
        try (Monitor.Hold hold = monitor.enter()) {
            return epoch;
        }
    }

    @Override
    public @Nullable PoolException fenced() {
        try (Monitor.Hold hold = monitor.enter()) {
            return fenced;
        }
    }

    /** No segment is cut until {@link #cutAt}: a snapshot is being taken. */
    void holdCuts() {
        try (Monitor.Hold hold = monitor.enter()) {
            cutAt = 0;
        }
    }

    /** The next segments are cut so that one ends here, at once; a transaction at or behind the last one cut. */
    void cutAt(long transaction) {
        try (Monitor.Hold hold = monitor.enter()) {
            cutAt = transaction;
            monitor.signalAll();
        }
    }

    /** Segments are cut as usual again. */
    void freeCuts() {
        try (Monitor.Hold hold = monitor.enter()) {
            cutAt = Long.MAX_VALUE;
            monitor.signalAll();
        }
    }

    /** Waits until a segment ends where {@link #cutAt} said; where that is. */
    ChainPosition awaitCut(long transaction, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean done = monitor.await(() -> chain.last() >= transaction || fenced != null || stopped, deadlineNanos);
            ChainPosition end = chain.endAt(transaction);
            if (end == null) {
                throw new PoolException(
                        done ? Reason.CANCELLED : Reason.TIMEOUT, "no segment ends at transaction " + transaction);
            }
            return end;
        }
    }

    void setIntroduction(Introduction now) {
        try (Monitor.Hold hold = monitor.enter()) {
            introduction = now;
        }
    }

    /** Waits until so many members hold the checkpoint that it may stand for what is before it; false at the deadline. */
    boolean awaitCheckpoint(String name, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused =
                    monitor.await(() -> stopped || fenced != null || lines.holdCheckpoint(name), deadlineNanos);
            return lines.holdCheckpoint(name);
        }
    }

    private boolean areCheckpointsShipped() {
        return shippable().stream().allMatch(kept -> lines.holdCheckpoint(kept.name()));
    }

    /** Waits until the member has the newest checkpoint and every segment; false at the deadline. */
    boolean awaitMember(RemoteId id, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            return monitor.await(
                            () -> stopped || fenced != null || lines.isComplete(id, shipped, shippable()),
                            deadlineNanos)
                    && lines.isComplete(id, shipped, shippable());
        }
    }

    /** Lets the lines look for work again: a checkpoint was added, or something may be pruned. */
    void wake() {
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.signalAll();
        }
    }

    private void run() throws PoolException {
        while (true) {
            Step step;
            try (Monitor.Hold hold = monitor.enter()) {
                boolean unused = monitor.await(() -> nextStep() != Step.WAIT, scheduler.deadlineAfter(interval));
                step = nextStep();
                if (step == Step.WAIT && committed.getAsLong() > chain.last() && shipped >= chain.last()) {
                    step = Step.CUT;
                }
            }
            if (step == Step.END) {
                return;
            }
            try {
                run(step);
                noRoomHere = false;
            } catch (PoolException e) {
                if (e.reason() == Reason.INTERRUPTED) {
                    throw e;
                }
                complain(e);
                noRoomHere = e.reason() == Reason.NO_SPACE;
                pause(FENCE_RETRY);
            }
        }
    }

    private Reason whatIsMissing() {
        return noRoomHere ? Reason.NO_SPACE : lines.areAllFull() ? Reason.REMOTE_FULL : Reason.NO_QUORUM;
    }

    /** Says it once, not twice a second while a disk stays full. */
    private void complain(PoolException e) {
        String what = String.valueOf(e.getMessage());
        if (!what.equals(lastComplaint)) {
            lastComplaint = what;
            LOG.error("the journal cannot be shipped for now", e);
        }
    }

    private void run(Step step) throws PoolException {
        switch (step) {
            case CUT -> cut();
            case CONFIRM -> confirm();
            case WAIT, END -> {}
        }
    }

    /** What is to be done now, with the monitor held. While a segment is on its way, the next one gathers. */
    private Step nextStep() {
        if (stopped || fenced != null) {
            return Step.END;
        }
        long last = chain.last();
        long possible = Math.min(committed.getAsLong(), cutAt);
        boolean forced = cutAt != Long.MAX_VALUE;
        if (possible > last && (forced || (demanded > last && shipped >= last))) {
            return Step.CUT;
        }
        return shipped < last && onMembers() > shipped ? Step.CONFIRM : Step.WAIT;
    }

    private void cut() throws PoolException {
        long to;
        ChainPosition head = chain.head();
        try (Monitor.Hold hold = monitor.enter()) {
            to = Math.min(committed.getAsLong(), cutAt);
        }
        if (to <= head.last()) {
            return;
        }
        LocalJournal.Lines run = journal.lines(head.last() + 1, to, SegmentCodec.TARGET_LINES_BYTES);
        if (run.isEmpty()) {
            throw new PoolException(
                    Reason.CORRUPT,
                    "the local journal has no transaction " + (head.last() + 1) + ", but " + to + " is committed");
        }
        byte[] object =
                codec.encode(epoch(), owner, run.last(), scheduler.clock().wallNanos(), head, run.bytes());
        journal.sync();
        chain.append(object, codec.decodeHeader(object, "new segment"));
        journal.rollIfCut(run.last(), ROLL_CUT_BYTES);
        journal.pruneBelow(run.last() + 1);
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.signalAll();
        }
    }

    private void confirm() throws PoolException {
        Voters asked;
        long last;
        try (Monitor.Hold hold = monitor.enter()) {
            asked = lines.voters();
            last = onMembers();
        }
        Fence.Verdict verdict =
                fence.ask(epoch(), asked, stores.of(asked.members()), scheduler.deadlineAfter(FENCE_WAIT));
        switch (verdict) {
            case CLEAR -> shipped(last, asked);
            case UNKNOWN -> pause(FENCE_RETRY);
            case NEWER ->
                end(new PoolException(
                        Reason.FENCED,
                        "another mount has taken over the pool: epoch " + (epoch() + 1)
                                + " has been claimed; this mount (epoch " + epoch()
                                + ") is read-only and keeps what was not shipped"));
        }
    }

    /** When the voters have changed meanwhile, their answer does not count. */
    private void shipped(long last, Voters asked) {
        Consumer<Long> listener;
        try (Monitor.Hold hold = monitor.enter()) {
            if (!lines.voters().equals(asked)) {
                return;
            }
            shipped = Math.max(shipped, last);
            listener = onShipped;
            monitor.signalAll();
        }
        listener.accept(last);
    }

    private void pause(Duration duration) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused = monitor.await(() -> stopped || fenced != null, scheduler.deadlineAfter(duration));
        }
    }

    /** The end of a segment that W members hold, the last one or the next to confirm; what is shipped if none. */
    private long onMembers() {
        long last = chain.last();
        if (lines.hold(last)) {
            return last;
        }
        ChainEntry next = chain.next(shipped);
        return next != null && lines.hold(next.end().last()) ? next.end().last() : shipped;
    }

    /** Tells a member of the epoch that ships. */
    @FunctionalInterface
    interface Introduction {
        void introduce(RemoteStore store) throws PoolException;
    }

    /** What the task does next. */
    private enum Step {
        CUT,
        CONFIRM,
        WAIT,
        END
    }

    private final class Load implements MemberLine.Cargo {
        @Override
        public Layout layout() {
            return layout;
        }

        @Override
        public Chain chain() {
            return chain;
        }

        @Override
        public List<KeptCheckpoint> checkpoints() {
            return shippable();
        }

        @Override
        public long pruneThrough() {
            return shelf.pruneThrough();
        }

        @Override
        public void introduce(RemoteStore store) throws PoolException {
            Introduction now;
            try (Monitor.Hold hold = monitor.enter()) {
                now = introduction;
            }
            if (now != null) {
                now.introduce(store);
            }
        }
    }
}
