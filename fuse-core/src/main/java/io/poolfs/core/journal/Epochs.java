package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write: one epoch per mount, claimed on a quorum of members without compare-and-swap.
 *
 * <p>A claim of n = highest + 1 is put, claim first and marker then; after {@code claim_settle} the claims are read
 * again. Of two who claim the same n, the one who put later sees the other (listings lag less than the settling), and
 * whoever sees another starts again with a higher number, after a random time. Used by one thread at a time.
 */
final class Epochs {
    private static final Logger LOG = LoggerFactory.getLogger(Epochs.class);
    private static final int ATTEMPTS = 20;

    /** More numbers in a row than this are not skipped by attempts that came to nothing. */
    private static final int MOST_SKIPPED = 1000;

    private final Scheduler scheduler;
    private final Layout layout;
    private final PoolId pool;
    private final OwnerId owner;
    private final HostIdentity host;
    private final Duration settle;
    private final OtherStates others;
    private final Outbox outbox;
    private final Monitor waiting;
    private final BooleanSupplier cancelled;
    private final Set<Long> contested = new HashSet<>();

    /** What this process tries to claim, 0 while nothing: an attempt without a quorum goes on with the same number. */
    private long attempt;

    Epochs(
            Scheduler scheduler,
            Layout layout,
            PoolId pool,
            OwnerId owner,
            HostIdentity host,
            Duration settle,
            OtherStates others,
            Outbox outbox,
            BooleanSupplier cancelled) {
        this.scheduler = scheduler;
        this.layout = layout;
        this.pool = pool;
        this.owner = owner;
        this.host = host;
        this.settle = settle;
        this.others = others;
        this.outbox = outbox;
        this.cancelled = cancelled;
        this.waiting = scheduler.newMonitor("claim");
    }

    /**
     * Claims the next epoch.
     *
     * @param head where this state directory stands: who wrote that is known, whatever listings show
     * @param takeOver claim although another owner has not released its epoch
     * @param acceptLoss claim although it cannot be found who wrote last
     * @param free is told when nobody else holds the right to write: what follows only takes time
     * @return what the members say now, this claim included
     * @throws PoolException FENCED naming the holder; NO_QUORUM when too few members take part before the deadline
     */
    Claimed claim(
            Voters voters,
            Map<RemoteId, RemoteStore> members,
            ChainPosition head,
            boolean takeOver,
            boolean acceptLoss,
            Runnable free,
            long deadlineNanos)
            throws PoolException {
        for (int i = 0; i < ATTEMPTS; i++) {
            EpochSurvey before = survey(voters, members, outbox.highestEpoch(), deadlineNanos);
            if (!head.isStart()) {
                before.addClaimant(head.folder());
            }
            if (!acceptLoss) {
                requireListed(before);
            }
            if (!takeOver) {
                requireFree(before);
            }
            free.run();
            if (attempt == 0
                    || before.highest() > attempt
                    || before.claimants(attempt).size() > 1) {
                attempt = Math.max(before.highest(), outbox.highestEpoch()) + 1;
            }
            long epoch = attempt;
            checkCancelled();
            if (put(before.newestWon(), epoch, voters, members, deadlineNanos)) {
                sleep(settle);
                EpochSurvey after = survey(voters, members, epoch, deadlineNanos);
                if (after.highest() == epoch && after.claimants(epoch).size() <= 1) {
                    after.addClaimant(new NumberedName(epoch, owner));
                    after.addClaimants(before);
                    attempt = 0;
                    LOG.info("claimed epoch {} as {}", epoch, owner);
                    return new Claimed(epoch, after);
                }
            }
            contested.add(epoch);
            attempt = 0;
            LOG.info("epoch {} is contested; trying a higher one", epoch);
            withdraw(epoch, members, deadlineNanos);
            sleep(settle.plusMillis(1 + scheduler.random().nextInt((int) Math.max(1, 2 * settle.toMillis()))));
        }
        throw new PoolException(Reason.NO_QUORUM, "no epoch could be claimed in " + ATTEMPTS + " attempts");
    }

    private void checkCancelled() throws PoolException {
        if (cancelled.getAsBoolean()) {
            throw new PoolException(Reason.CANCELLED, "the mount ends");
        }
    }

    private EpochSurvey survey(Voters voters, Map<RemoteId, RemoteStore> members, long known, long deadlineNanos)
            throws PoolException {
        EpochSurvey survey =
                EpochSurvey.take(scheduler, layout, pool, members, voters::isClaimed, known, deadlineNanos);
        if (!voters.isClaimed(survey.answered())) {
            throw new PoolException(
                    Reason.NO_QUORUM,
                    "only " + survey.answered().size() + " of "
                            + voters.members().size() + " members answer; too few to claim the right to write");
        }
        return survey;
    }

    /**
     * Puts the claim, and claims of the numbers between the newest epoch that was won and this one: whoever holds the
     * former looks for the next number only, and an attempt that came to nothing may have left it unmarked.
     *
     * @return false when someone else claims the same epoch
     */
    private boolean put(long won, long epoch, Voters voters, Map<RemoteId, RemoteStore> members, long deadlineNanos)
            throws PoolException {
        for (long number = Math.max(won + 1, epoch - MOST_SKIPPED); number <= epoch; number++) {
            outbox.write(
                    layout.claim(number, owner),
                    others.claim(pool, number, owner, host, scheduler.clock().wallNanos())
                            .bytes());
            outbox.write(layout.marker(number), EpochNotice.marker(pool, number));
        }
        Poll.Result<Boolean> result = Poll.<Boolean>start(scheduler, "claim on", members, (id, store) -> {
                    for (long number = Math.max(won + 1, epoch - MOST_SKIPPED); number < epoch; number++) {
                        mark(number, store);
                    }
                    // Ours goes first, so a marker without our claim is someone else's.
                    if (store.size(layout.claim(epoch, owner)).isEmpty()
                            && store.size(layout.marker(epoch)).isPresent()) {
                        return false;
                    }
                    introduce(epoch, store);
                    return true;
                })
                .await(answers -> answers.containsValue(false) || voters.isClaimed(answers.keySet()), deadlineNanos);
        if (result.answers().containsValue(false)) {
            return false;
        }
        if (!voters.isClaimed(result.answered())) {
            throw new PoolException(
                    Reason.NO_QUORUM,
                    "too few members took the claim of the right to write: " + result.complaints(members));
        }
        return true;
    }

    /** Says that a claim of ours holds nothing, so that nobody has to ask about it. As far as members answer. */
    private void withdraw(long epoch, Map<RemoteId, RemoteStore> members, long deadlineNanos) throws PoolException {
        release(epoch, ChainPosition.START, members, deadlineNanos);
    }

    /** Marks the claim as released on the members that answer; returns them. */
    Poll.Result<Boolean> release(long epoch, ChainPosition head, Map<RemoteId, RemoteStore> members, long deadlineNanos)
            throws PoolException {
        String object = layout.released(epoch, owner);
        Path file = outbox.write(
                object,
                EpochNotice.released(pool, epoch, owner, head, scheduler.clock().wallNanos()));
        return Poll.<Boolean>start(scheduler, "release on", members, (id, store) -> {
                    outbox.put(store, object, file);
                    return true;
                })
                .awaitAll(deadlineNanos);
    }

    /** Says where the epoch goes on from, on a claim quorum; nothing of the epoch ships before. */
    void putBase(
            long epoch, ChainPosition previous, Voters voters, Map<RemoteId, RemoteStore> members, long deadlineNanos)
            throws PoolException {
        String object = layout.base(epoch, owner);
        Path file = outbox.write(object, EpochNotice.base(pool, epoch, owner, previous));
        Poll.Result<Boolean> result = Poll.<Boolean>start(scheduler, "put base on", members, (id, store) -> {
                    outbox.put(store, object, file);
                    return true;
                })
                .await(answers -> voters.isClaimed(answers.keySet()), deadlineNanos);
        if (!voters.isClaimed(result.answered())) {
            throw new PoolException(
                    Reason.NO_QUORUM,
                    "too few members took the base of epoch " + epoch + ": " + result.complaints(members));
        }
    }

    /** Makes our claim known to a member that may have been away when it was made. */
    void introduce(long epoch, RemoteStore store) throws PoolException {
        put(store, layout.claim(epoch, owner));
        put(store, layout.marker(epoch));
    }

    /** Makes sure that a number which was skipped is seen. A claim of ours from back then stays as it was written. */
    private void mark(long skipped, RemoteStore store) throws PoolException {
        if (store.size(layout.marker(skipped)).isPresent()) {
            return;
        }
        if (store.size(layout.claim(skipped, owner)).isEmpty()) {
            put(store, layout.claim(skipped, owner));
        }
        put(store, layout.marker(skipped));
    }

    /** As {@link #introduce}, for what the epoch goes on from. */
    void introduceBase(long epoch, RemoteStore store) throws PoolException {
        put(store, layout.base(epoch, owner));
    }

    private void put(RemoteStore store, String object) throws PoolException {
        outbox.put(store, object, outbox.path(object));
    }

    /** History cannot be known while it is not known who wrote it last. */
    private static void requireListed(EpochSurvey survey) throws PoolException {
        long unlisted = survey.unlisted();
        if (unlisted > 0) {
            throw new PoolException(
                    Reason.NO_QUORUM,
                    "epoch " + unlisted
                            + " has been claimed, and no listing of a remote shows by whom; listings may lag behind:"
                            + " nothing ships until they do not, or `poolfs recover --accept-loss` gives up what it wrote");
        }
    }

    private void requireFree(EpochSurvey survey) throws PoolException {
        Holder holder = holder(survey);
        if (holder != null) {
            throw new PoolException(Reason.FENCED, holder.message(survey.lastSign(holder.epoch())));
        }
    }

    /** Who has the newest epoch and has not left it for a newer one or released it, unless it is this state directory on this machine, or known to be dead. */
    @Nullable
    Holder holder(EpochSurvey survey) throws PoolException {
        Set<OwnerId> wentOn = new HashSet<>();
        for (long epoch : survey.epochsDescending()) {
            boolean someoneWon = false;
            Holder holder = null;
            for (OwnerId claimant : survey.claimants(epoch)) {
                NumberedName name = new NumberedName(epoch, claimant);
                boolean won = survey.base(name).isPresent();
                someoneWon |= won;
                boolean left = !wentOn.add(claimant) && !won;
                if (left || survey.released(name).isPresent()) {
                    continue;
                }
                Claim claim = survey.claim(name);
                boolean ours = claimant.equals(owner)
                        && (claim == null || claim.host().machine().equals(host.machine()));
                OtherStates.Fate fate = claim == null ? OtherStates.Fate.UNKNOWN : others.fateOf(claim);
                boolean dead = fate == OtherStates.Fate.GONE || (fate == OtherStates.Fate.LEFT_STATE && !won);
                // Whoever lost a contest with us, or died in it, holds nothing; a winner has a base.
                if (!ours && !dead && (won || !contested.contains(epoch))) {
                    holder = new Holder(name, claim, fate);
                }
            }
            if (holder != null) {
                return holder;
            }
            if (someoneWon) {
                return null;
            }
        }
        return null;
    }

    private void sleep(Duration duration) throws PoolException {
        try (Monitor.Hold hold = waiting.enter()) {
            boolean unused = waiting.await(() -> false, scheduler.deadlineAfter(duration));
        }
    }

    /** An epoch that is ours, and what the members said after it was. */
    record Claimed(long epoch, EpochSurvey survey) {}

    /** Another mount that has not released the right to write. */
    record Holder(NumberedName epoch, @Nullable Claim claim, OtherStates.Fate fate) {
        String message(Optional<Instant> lastSign) {
            if (claim == null) {
                return "epoch " + epoch + " has been claimed by a mount that left no readable claim;"
                        + " if it no longer runs, mount with --take-over";
            }
            if (fate == OtherStates.Fate.LEFT_STATE) {
                return "the state directory " + claim.state() + " of this machine had the pool last (process "
                        + claim.host().pid()
                        + ", which has ended) and may hold what never reached the remotes: mount the"
                        + " pool from there first, or leave that behind with --take-over";
            }
            return "the pool is held by a mount on " + claim.host().host() + " (process "
                    + claim.host().pid() + (claim.state() == null ? "" : ", state directory " + claim.state())
                    + ", epoch " + claim.epoch() + ", claimed "
                    + Instant.ofEpochSecond(0, claim.sinceNanos())
                    + lastSign.map(when -> ", last sign of life " + when).orElse("")
                    + "), which runs, or has left there what never reached the remotes; if it is gone for good, mount with"
                    + " --take-over";
        }
    }
}
