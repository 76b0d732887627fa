package io.poolfs.core.model;

import java.time.LocalTime;
import java.util.Comparator;
import java.util.List;

/**
 * A limit of bytes per second that may depend on the time of day; 0 is no limit.
 *
 * @param changes in the order of their times; before the first one, the last one holds, since the day before
 */
public record Timetable(List<Change> changes) {
    public static final Timetable NO_LIMIT = constant(0);

    /** From that time of day on. */
    public record Change(LocalTime from, long bytesPerSecond) {
        public Change {
            if (bytesPerSecond < 0) {
                throw new IllegalArgumentException("a limit of " + bytesPerSecond);
            }
        }
    }

    public Timetable {
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("a timetable without a limit");
        }
        changes = changes.stream().sorted(Comparator.comparing(Change::from)).toList();
    }

    /** The same at all times. */
    public static Timetable constant(long bytesPerSecond) {
        return new Timetable(List.of(new Change(LocalTime.MIDNIGHT, bytesPerSecond)));
    }

    /** What holds at that time of day. */
    public Change at(LocalTime time) {
        Change now = changes.get(changes.size() - 1);
        for (Change change : changes) {
            if (!change.from().isAfter(time)) {
                now = change;
            }
        }
        return now;
    }

    /** What will hold next; the same as now when it never changes. */
    public Change after(LocalTime time) {
        return changes.stream()
                .filter(change -> change.from().isAfter(time))
                .findFirst()
                .orElse(changes.get(0));
    }

    public boolean changesDaily() {
        return changes.size() > 1;
    }

    /** Whether it never limits anything. */
    public boolean isUnlimited() {
        return changes.stream().allMatch(change -> change.bytesPerSecond() == 0);
    }
}
