package io.poolfs.core.config;

import io.poolfs.core.model.Timetable;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Limits of bytes per second as people write them, both ways: {@code 2M}, {@code off}, {@code 08:00,2M 23:00,off}. */
public final class Rates {
    /** What may stand there, for messages. */
    public static final String ALLOWED =
            "off, bytes per second such as 5M (64K at least), or by the time of day such as 08:00,2M 23:00,off";

    /** Less would keep metadata and fsync from the remotes. */
    private static final long LEAST = 64 << 10;

    private static final Pattern CHANGE = Pattern.compile("(\\d{1,2}):(\\d{2}),(\\S+)");

    private Rates() {}

    /** Empty when the text is none. */
    public static Optional<Timetable> parse(String text) {
        OptionalLong always = rate(text.strip());
        if (always.isPresent()) {
            return Optional.of(Timetable.constant(always.getAsLong()));
        }
        List<Timetable.Change> changes = new ArrayList<>();
        for (String word : text.strip().split("\\s+", -1)) {
            Matcher match = CHANGE.matcher(word);
            OptionalLong rate = match.matches() ? rate(match.group(3)) : OptionalLong.empty();
            if (rate.isEmpty()) {
                return Optional.empty();
            }
            try {
                LocalTime from = LocalTime.of(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
                if (changes.stream().anyMatch(change -> change.from().equals(from))) {
                    return Optional.empty();
                }
                changes.add(new Timetable.Change(from, rate.getAsLong()));
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }
        return Optional.of(new Timetable(changes));
    }

    /** As it stands in a configuration. */
    public static String text(Timetable table) {
        if (!table.changesDaily()) {
            return rate(table.changes().get(0).bytesPerSecond());
        }
        List<String> words = new ArrayList<>();
        table.changes().forEach(change -> words.add(change.from() + "," + rate(change.bytesPerSecond())));
        return String.join(" ", words);
    }

    private static String rate(long bytesPerSecond) {
        return bytesPerSecond == 0 ? "off" : Quantities.exactSize(bytesPerSecond);
    }

    private static OptionalLong rate(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.equals("off") || word.equals("0") || word.equals("false")) {
            return OptionalLong.of(0); // YAML reads a bare off as false
        }
        OptionalLong rate = Quantities.size(text.endsWith("/s") ? text.substring(0, text.length() - 2) : text);
        return rate.isPresent() && rate.getAsLong() < LEAST ? OptionalLong.empty() : rate;
    }
}
