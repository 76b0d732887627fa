package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which epochs make up the pool's history, each from its base up to the base of the next: what an epoch has beyond that,
 * and every epoch that is not in the line, is void. Immutable.
 */
final class EpochLine {
    private final List<Span> spans;

    private EpochLine(List<Span> spans) {
        this.spans = List.copyOf(spans);
    }

    /**
     * Reads the bases from the newest epoch back.
     *
     * @param below only epochs below this one
     * @param until no epoch below this one is of interest
     */
    static EpochLine read(EpochSurvey survey, long below, long until) throws PoolException {
        Deque<Span> spans = new ArrayDeque<>();
        NumberedName epoch = null;
        ChainPosition from = null;
        for (long candidate : survey.epochsDescending()) {
            if (candidate >= below) {
                continue;
            }
            for (OwnerId owner : survey.claimants(candidate)) {
                NumberedName name = new NumberedName(candidate, owner);
                Optional<ChainPosition> base = survey.base(name);
                if (base.isPresent() && epoch != null) {
                    throw new PoolException(
                            Reason.CORRUPT,
                            "history is forked: epoch " + candidate + " was won by " + epoch.owner() + " and by "
                                    + owner);
                }
                if (base.isPresent()) {
                    epoch = name;
                    from = base.get();
                }
            }
            if (epoch != null) {
                break;
            }
        }
        ChainPosition to = null;
        while (epoch != null) {
            spans.addFirst(new Span(epoch, from, to));
            if (from == null || from.isStart() || epoch.number() <= until) {
                break;
            }
            to = from;
            epoch = from.folder();
            from = survey.base(epoch).orElse(null);
        }
        return new EpochLine(new ArrayList<>(spans));
    }

    boolean isEmpty() {
        return spans.isEmpty();
    }

    List<Span> spans() {
        return spans;
    }

    /** The last transaction that the epoch gives to history: 0 when it is void, unbounded when it is the newest. */
    long lastOf(NumberedName epoch) {
        for (Span span : spans) {
            if (span.epoch().equals(epoch)) {
                ChainPosition to = span.to();
                return to == null ? Long.MAX_VALUE : to.last();
            }
        }
        return 0;
    }

    /** The span that has the transactions behind this position; null when the position is not on the line. */
    @Nullable
    Span behind(ChainPosition position) {
        for (Span span : spans) {
            ChainPosition from = span.from();
            if (position.equals(from)) {
                return span;
            }
            boolean inside = position.folder().equals(span.epoch()) && (from == null || position.last() > from.last());
            if (inside && !span.endsAt(position) && !span.endsBefore(position)) {
                return span;
            }
        }
        return null;
    }

    /**
     * A part of history.
     *
     * @param from where it starts; null when that is not known
     * @param to where it ends; null for the newest epoch, which is open
     */
    record Span(
            NumberedName epoch,
            @Nullable ChainPosition from,
            @Nullable ChainPosition to) {
        boolean endsAt(ChainPosition position) {
            return position.equals(to);
        }

        boolean endsBefore(ChainPosition position) {
            return to != null && position.last() >= to.last();
        }
    }
}
