package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What members say of epochs at one moment: names from their listings, and by exact name what listings may not show yet.
 */
final class EpochSurvey {
    /** How long a slow member is waited for when a quorum has answered. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** When listings are asked again that lag behind: the marker of an epoch is there, and no claim of it. */
    private static final List<Duration> SECOND_LOOKS =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8));

    /** So many epochs that nobody won are looked at one by one: what a remote says is no reason to look for ever. */
    private static final int EPOCHS_LOOKED_AT = 100;

    private final Scheduler scheduler;
    private final Layout layout;
    private final PoolId pool;
    private final Copies copies;
    private final long deadlineNanos;
    private final Collection<RemoteId> answered;
    private final long knownEpoch;
    private final NavigableMap<Long, NavigableSet<OwnerId>> claims = new TreeMap<>();
    private final Map<NumberedName, ChainPosition> bases = new TreeMap<>();
    private long highest;

    private EpochSurvey(
            Scheduler scheduler,
            Layout layout,
            PoolId pool,
            Copies copies,
            Collection<RemoteId> answered,
            long knownEpoch,
            long deadlineNanos) {
        this.scheduler = scheduler;
        this.layout = layout;
        this.pool = pool;
        this.copies = copies;
        this.answered = answered;
        this.knownEpoch = knownEpoch;
        this.highest = knownEpoch;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * Asks the members.
     *
     * @param enough how many must answer before the others are waited for no longer
     * @param knownEpoch an epoch that is known to have been claimed, or 0
     */
    static EpochSurvey take(
            Scheduler scheduler,
            Layout layout,
            PoolId pool,
            Map<RemoteId, RemoteStore> members,
            Predicate<Collection<RemoteId>> enough,
            long knownEpoch,
            long deadlineNanos)
            throws PoolException {
        Poll.Result<List<RemoteStore.Entry>> lists = Poll.<List<RemoteStore.Entry>>start(
                        scheduler, "list epochs of", members, (id, store) -> store.list(layout.epochFolder()))
                .awaitMost(answers -> enough.test(answers.keySet()), PATIENCE, deadlineNanos);
        Map<RemoteId, RemoteStore> reached = new TreeMap<>(members);
        reached.keySet().retainAll(lists.answered());
        if (reached.isEmpty()) {
            throw new PoolException(
                    Reason.NO_QUORUM,
                    members.isEmpty()
                            ? "no remote has been recognised yet"
                            : "no remote answers: " + lists.complaints(members));
        }
        EpochSurvey survey = new EpochSurvey(
                scheduler, layout, pool, new Copies(scheduler, reached), lists.answered(), knownEpoch, deadlineNanos);
        survey.note(lists, reached);
        for (Duration pause : SECOND_LOOKS) {
            if (!survey.isClaimantUnknown()) {
                break;
            }
            survey.sleep(pause);
            survey.note(
                    Poll.<List<RemoteStore.Entry>>start(
                                    scheduler,
                                    "list epochs again of",
                                    reached,
                                    (id, store) -> store.list(layout.epochFolder()))
                            .awaitAll(deadlineNanos),
                    reached);
        }
        return survey;
    }

    private void note(Poll.Result<List<RemoteStore.Entry>> lists, Map<RemoteId, RemoteStore> reached)
            throws PoolException {
        lists.answers().values().forEach(entries -> entries.forEach(entry -> note(entry.name())));
        while (isClaimed(scheduler, reached, highest + 1)) {
            highest++;
        }
    }

    private void sleep(Duration time) throws PoolException {
        Monitor monitor = scheduler.newMonitor("lagging listings");
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused = monitor.await(() -> false, Math.min(deadlineNanos, scheduler.deadlineAfter(time)));
        }
    }

    private void note(String name) {
        long marker = NumberedName.number(name);
        if (marker > 0) {
            highest = Math.max(highest, marker);
            return;
        }
        NumberedName claim = NumberedName.parse(Layout.stemOf(name));
        if (claim != null && claim.number() > 0) {
            highest = Math.max(highest, claim.number());
            claims.computeIfAbsent(claim.number(), n -> new TreeSet<>()).add(claim.owner());
        }
    }

    private boolean isClaimed(Scheduler scheduler, Map<RemoteId, RemoteStore> reached, long epoch)
            throws PoolException {
        String marker = layout.marker(epoch);
        return Poll.<OptionalLong>start(
                        scheduler, "look for epoch " + epoch + " on", reached, (id, store) -> store.size(marker))
                .awaitAll(deadlineNanos)
                .answers()
                .values()
                .stream()
                .anyMatch(OptionalLong::isPresent);
    }

    /** The highest epoch that anyone has claimed; 0 when there is none. */
    long highest() {
        return highest;
    }

    /**
     * Whether the newest epoch has been claimed by nobody knows whom: the claim is put before the marker, so a listing
     * lags behind. What that epoch wrote cannot be found then.
     */
    boolean isClaimantUnknown() {
        return highest > knownEpoch && !claims.containsKey(highest);
    }

    /**
     * The newest epoch that has a marker while nobody knows who claimed it; 0 when there is none. Only what came after the
     * newest epoch with a base counts: that one names those before it.
     */
    long unlisted() throws PoolException {
        long won = newestWon();
        if (isUnlisted(highest)) {
            return highest;
        }
        for (long epoch = Math.min(highest - 1, won + EPOCHS_LOOKED_AT); epoch > won; epoch--) {
            if (isUnlisted(epoch)) {
                return epoch;
            }
        }
        return 0;
    }

    private boolean isUnlisted(long epoch) throws PoolException {
        boolean listed = epoch == highest && highest > knownEpoch;
        return epoch > 0 && !claims.containsKey(epoch) && (listed || isClaimed(scheduler, copies.members(), epoch));
    }

    /** The newest epoch that has a base; 0 when there is none. */
    long newestWon() throws PoolException {
        for (Map.Entry<Long, NavigableSet<OwnerId>> epoch :
                claims.descendingMap().entrySet()) {
            for (OwnerId claimant : epoch.getValue()) {
                if (base(new NumberedName(epoch.getKey(), claimant)).isPresent()) {
                    return epoch.getKey();
                }
            }
        }
        return 0;
    }

    /** What an earlier survey has shown is so, whatever listings show now. */
    void addClaimants(EpochSurvey earlier) {
        earlier.claims.forEach((epoch, owners) ->
                claims.computeIfAbsent(epoch, n -> new TreeSet<>()).addAll(owners));
    }

    /** The members that answered. */
    Collection<RemoteId> answered() {
        return answered;
    }

    Copies copies() {
        return copies;
    }

    /** Who is known to have claimed this epoch. */
    NavigableSet<OwnerId> claimants(long epoch) {
        return claims.getOrDefault(epoch, new TreeSet<>());
    }

    /** Adds a claimant whose name was learnt elsewhere. */
    void addClaimant(NumberedName claim) {
        claims.computeIfAbsent(claim.number(), n -> new TreeSet<>()).add(claim.owner());
    }

    /** Epochs with claims, highest first. */
    Iterable<Long> epochsDescending() {
        return claims.descendingKeySet();
    }

    @Nullable
    Claim claim(NumberedName name) throws PoolException {
        return copies.find(
                        layout.claim(name.number(), name.owner()),
                        Fields.MAX_BYTES,
                        (bytes, where) -> Claim.read(bytes, pool, name, where),
                        deadlineNanos)
                .value();
    }

    /** Where the epoch goes on from; empty when it never got so far as to say so. */
    Optional<ChainPosition> base(NumberedName name) throws PoolException {
        ChainPosition known = bases.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        ChainPosition found = copies.find(
                        layout.base(name.number(), name.owner()),
                        Fields.MAX_BYTES,
                        (bytes, where) -> EpochNotice.readBase(bytes, pool, name, where),
                        deadlineNanos)
                .value();
        if (found != null) {
            bases.put(name, found);
        }
        return Optional.ofNullable(found);
    }

    /** Where the epoch was released; empty when it was not. */
    Optional<ChainPosition> released(NumberedName name) throws PoolException {
        return Optional.ofNullable(copies.find(
                        layout.released(name.number(), name.owner()),
                        Fields.MAX_BYTES,
                        (bytes, where) -> EpochNotice.readReleased(bytes, pool, name, where),
                        deadlineNanos)
                .value());
    }

    /** When the newest segment that members show of this epoch was cut; empty when there is none. */
    Optional<Instant> lastSign(NumberedName name) throws PoolException {
        String folder = layout.segmentFolder(name.number(), name.owner());
        Poll.Result<List<RemoteStore.Entry>> lists = Poll.<List<RemoteStore.Entry>>start(
                        scheduler, "list " + folder, copies.members(), (id, store) -> store.list(folder))
                .awaitMost(answers -> !answers.isEmpty(), PATIENCE, deadlineNanos);
        long newest = lists.answers().values().stream()
                .flatMap(List::stream)
                .mapToLong(entry -> NumberedName.number(entry.name()))
                .max()
                .orElse(-1);
        if (newest < 1) {
            return Optional.empty();
        }
        SegmentHeader header = copies.find(
                        folder + "/" + newest,
                        SegmentCodec.MAX_OBJECT_BYTES,
                        (bytes, where) -> new SegmentCodec(pool).decodeHeader(bytes, name, newest, where),
                        deadlineNanos)
                .value();
        return header == null ? Optional.empty() : Optional.of(Instant.ofEpochSecond(0, header.nanos()));
    }
}
