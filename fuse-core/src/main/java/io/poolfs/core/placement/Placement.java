package io.poolfs.core.placement;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Chooses the remote for a chunk. Stateless; usable from any thread.
 *
 * <p>A remote can take the chunk when it takes chunks at all, has not refused this one, and has room for it (a remote
 * that does not tell its room has). Of these the ones with the lowest priority number stay; then the balance decides;
 * among remotes within the slack, the one that would have the chunk first, by its measured speed and what is on its way
 * there. A remote on which an upload has stalled waits until that has ended, unless there is no other.
 *
 * <p>"Within the slack" looks at the state after placing: a remote that would end more than max(slack, chunk size)
 * ahead of the best is not equal to it. So with a slack of at most one chunk, equal remotes never differ by more than
 * one chunk.
 */
public final class Placement {
    private final PlacementRule rule;

    public Placement(PlacementRule rule) {
        this.rule = rule;
    }

    /**
     * The remote for the chunk.
     *
     * @throws PoolException NO_SPACE when every enabled remote is full for this chunk, else REMOTE_UNAVAILABLE
     */
    public RemoteId choose(PlacementRequest request, List<Candidate> all) throws PoolException {
        Map<String, Long> inFlight = inFlightByStore(all);
        List<Candidate> able = all.stream()
                .filter(c -> c.status().takesChunks())
                .filter(c -> !request.failed().containsKey(c.id()))
                .filter(c -> fits(c, request.sizeBytes(), inFlight))
                .toList();
        if (able.isEmpty()) {
            throw nobody(request, all, inFlight);
        }
        List<Candidate> moving = able.stream().filter(c -> !c.stalled()).toList();
        if (!moving.isEmpty()) {
            able = moving;
        }
        int first = able.stream().mapToInt(c -> c.status().priority()).min().orElseThrow();
        List<Candidate> preferred =
                able.stream().filter(c -> c.status().priority() == first).toList();
        for (Candidate c : able) {
            if (rule.keepFileTogether()
                    && request.fileAt() != null
                    && request.fileAt().equals(c.id())) {
                return request.fileAt();
            }
        }
        Candidate best = rule.balance() == Balance.ROUND_ROBIN
                ? nextInTurn(request.turn(), all, preferred)
                : balanced(request.sizeBytes(), preferred, inFlight);
        return Objects.requireNonNull(best.id());
    }

    /** The largest chunk that some remote that takes chunks has room for; Long.MAX_VALUE when one does not tell. */
    public static long largestRoomBytes(List<Candidate> all) {
        Map<String, Long> inFlight = inFlightByStore(all);
        return all.stream()
                .filter(c -> c.status().takesChunks())
                .mapToLong(c -> free(c, inFlight))
                .max()
                .orElse(0);
    }

    private Candidate balanced(long size, List<Candidate> able, Map<String, Long> inFlight) {
        double meanCapacity = able.stream()
                .filter(c -> c.status().capacityBytes().isPresent())
                .mapToLong(c -> c.status().capacityBytes().getAsLong())
                .average()
                .orElse(1);
        // Bytes behind which the remote stands, in bytes of an average remote: the lowest is the best.
        ToDoubleFunction<Candidate> weight = c -> rule.balance() == Balance.WEIGHTED
                ? Math.max(1, c.status().capacityBytes().orElse((long) meanCapacity)) / meanCapacity
                : 1;
        long roomiest = able.stream()
                .mapToLong(c -> free(c, inFlight))
                .filter(free -> free != Long.MAX_VALUE)
                .max()
                .orElse(0);
        ToDoubleFunction<Candidate> level = c -> rule.balance() == Balance.MOST_FREE
                ? -Math.min(roomiest, free(c, inFlight))
                : c.usedBytes() / weight.applyAsDouble(c);
        double best = able.stream().mapToDouble(level).min().orElseThrow();
        double reach = best + Math.max(rule.slackBytes(), size);
        List<Candidate> equal = able.stream()
                .filter(c -> level.applyAsDouble(c) == best
                        || level.applyAsDouble(c) + size / weight.applyAsDouble(c) <= reach)
                .toList();
        long fastest = equal.stream().mapToLong(Candidate::bytesPerSecond).max().orElse(0);
        return equal.stream()
                .min(Comparator.<Candidate>comparingDouble(c -> c.doneSeconds(size, fastest))
                        .thenComparingDouble(Candidate::queue)
                        .thenComparingDouble(level)
                        .thenComparing(Candidate::id))
                .orElseThrow();
    }

    /** The turn goes over all remotes, so that one that is away does not shift the others; the next able one has it. */
    private static Candidate nextInTurn(long turn, List<Candidate> all, List<Candidate> able) {
        int start = (int) Long.remainderUnsigned(turn, all.size());
        for (int i = 0; i < all.size(); i++) {
            Candidate c = all.get((start + i) % all.size());
            if (able.contains(c)) {
                return c;
            }
        }
        throw new IllegalStateException("no candidate of " + all.size());
    }

    private static boolean fits(Candidate c, long size, Map<String, Long> inFlight) {
        return size <= free(c, inFlight);
    }

    /** Room less what is on its way to the same device; Long.MAX_VALUE when the remote does not tell. */
    private static long free(Candidate c, Map<String, Long> inFlight) {
        if (c.statedFreeBytes().isEmpty()) {
            return Long.MAX_VALUE;
        }
        long onTheWay = inFlight.getOrDefault(c.status().storeKey(), 0L);
        return Math.max(0, c.statedFreeBytes().getAsLong() - onTheWay);
    }

    private static Map<String, Long> inFlightByStore(List<Candidate> all) {
        Map<String, Long> sum = new HashMap<>();
        for (Candidate c : all) {
            sum.merge(c.status().storeKey(), c.inFlightBytes(), Long::sum);
        }
        return sum;
    }

    private static PoolException nobody(PlacementRequest request, List<Candidate> all, Map<String, Long> inFlight) {
        StringBuilder why = new StringBuilder();
        boolean someMayTakeItLater = false;
        boolean someEnabled = false;
        for (Candidate c : all) {
            if (!c.status().enabled()) {
                continue;
            }
            someEnabled = true;
            Reason refused = request.failed().get(c.id());
            boolean full = c.status().full()
                    || refused == Reason.REMOTE_FULL
                    || (refused == null && !fits(c, request.sizeBytes(), inFlight));
            someMayTakeItLater |= !full;
            why.append(why.isEmpty() ? "" : ", ")
                    .append(c.status().label())
                    .append(' ')
                    .append(
                            full
                                    ? "full"
                                    : word(
                                            refused != null
                                                    ? refused
                                                    : c.status().health()));
        }
        return new PoolException(
                someEnabled && !someMayTakeItLater ? Reason.NO_SPACE : Reason.REMOTE_UNAVAILABLE,
                "no remote takes a chunk of " + request.sizeBytes() + " bytes ("
                        + (someEnabled ? why : "no remote is enabled") + ")");
    }

    /** REMOTE_DENIED: denied. */
    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace("remote_", "").replace('_', ' ');
    }
}
