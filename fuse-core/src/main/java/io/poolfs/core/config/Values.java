package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Timetable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Typed access to one table of the file. What is absent gives the fallback, what is wrong a message with its line. */
final class Values {
    private final ConfigProblems problems;
    private final Map<String, ConfigNode.Entry> entries;
    private final @Nullable Path home;

    Values(ConfigProblems problems, ConfigNode.Table table, @Nullable Path home) {
        this.problems = problems;
        this.entries = table.entries();
        this.home = home;
    }

    /** The line of the key, 1 when it is not there. */
    int line(String key) {
        ConfigNode.Entry entry = entries.get(key);
        return entry == null ? 1 : entry.line();
    }

    /** The text of the value; null when the key is absent or its value is empty. */
    @Nullable
    String text(String key, String allowed) throws PoolException {
        ConfigNode.Entry entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (entry.value() instanceof ConfigNode.Scalar scalar) {
            return scalar.text() == null || scalar.text().isBlank()
                    ? null
                    : scalar.text().strip();
        }
        throw problems.at(entry.line(), key + ": a single value is wanted; allowed: " + allowed);
    }

    OptionalLong size(String key, String allowed, long least, long most) throws PoolException {
        String text = text(key, allowed);
        if (text == null) {
            return OptionalLong.empty();
        }
        OptionalLong bytes = Quantities.size(text);
        if (bytes.isEmpty() || bytes.getAsLong() < least || bytes.getAsLong() > most) {
            throw problems.value(line(key), key, text, allowed);
        }
        return bytes;
    }

    /** A limit, by the time of day or not; none when absent. */
    Timetable rates(String key, String allowed) throws PoolException {
        String text = text(key, allowed);
        if (text == null) {
            return Timetable.NO_LIMIT;
        }
        Optional<Timetable> table = Rates.parse(text);
        if (table.isEmpty()) {
            throw problems.value(line(key), key, text, allowed);
        }
        return table.get();
    }

    Duration time(ConfigKey key, Duration fallback, Duration least, Duration most) throws PoolException {
        String text = text(key.word(), key.allowed());
        if (text == null) {
            return fallback;
        }
        Duration time = Quantities.time(text).orElse(null);
        if (time == null || time.compareTo(least) < 0 || time.compareTo(most) > 0) {
            throw problems.value(line(key.word()), key.word(), text, key.allowed());
        }
        return time;
    }

    double number(String key, String allowed, double fallback, double least, double most) throws PoolException {
        String text = text(key, allowed);
        if (text == null) {
            return fallback;
        }
        try {
            double number = Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw problems.value(line(key), key, text, allowed);
        }
        throw problems.value(line(key), key, text, allowed);
    }

    int wholeNumber(String key, int fallback, int least, int most) throws PoolException {
        String allowed = "a whole number from " + least + " to " + most;
        double number = number(key, allowed, fallback, least, most);
        if (number != Math.rint(number)) {
            throw problems.value(line(key), key, Double.toString(number), allowed);
        }
        return (int) number;
    }

    boolean flag(String key, boolean fallback) throws PoolException {
        String text = text(key, "true, false");
        return text == null
                ? fallback
                : switch (text.toLowerCase(Locale.ROOT)) {
                    case "true", "yes", "on" -> true;
                    case "false", "no", "off" -> false;
                    default -> throw problems.value(line(key), key, text, "true, false");
                };
    }

    <E extends Enum<E>> E word(ConfigKey key, E fallback) throws PoolException {
        String text = text(key.word(), key.allowed());
        if (text == null) {
            return fallback;
        }
        for (E value : fallback.getDeclaringClass().getEnumConstants()) {
            if (value.toString().equals(text.replace('_', '-'))) {
                return value;
            }
        }
        throw problems.value(line(key.word()), key.word(), text, key.allowed());
    }

    @Nullable
    Path path(ConfigKey key) throws PoolException {
        String text = text(key.word(), key.allowed());
        if (text == null) {
            return null;
        }
        return path(key.word(), text, key.allowed());
    }

    /** Of a text that was read as the key's: absolute, or below the home. */
    Path path(String key, String text, String allowed) throws PoolException {
        try {
            if (text.startsWith("~/") && home != null) {
                return home.resolve(text.substring(2)).normalize();
            }
            if (text.startsWith("/")) {
                return Path.of(text).normalize();
            }
        } catch (InvalidPathException e) {
            throw problems.at(line(key), key + ": " + e.getReason() + "; allowed: " + allowed);
        }
        throw problems.value(line(key), key, text, allowed);
    }

    /** A list of texts; empty when absent. */
    List<String> texts(String key, String allowed) throws PoolException {
        ConfigNode.Entry entry = entries.get(key);
        List<String> texts = new ArrayList<>();
        if (entry == null || (entry.value() instanceof ConfigNode.Scalar scalar && scalar.text() == null)) {
            return texts;
        }
        if (!(entry.value() instanceof ConfigNode.Items list)) {
            throw problems.at(entry.line(), key + ": a list is wanted ([…]); allowed: " + allowed);
        }
        for (ConfigNode item : list.items()) {
            if (!(item instanceof ConfigNode.Scalar scalar) || scalar.text() == null) {
                throw problems.at(item.line(), key + ": only texts can stand in this list; allowed: " + allowed);
            }
            texts.add(scalar.text());
        }
        return texts;
    }

    @Nullable
    ConfigNode node(String key) {
        ConfigNode.Entry entry = entries.get(key);
        return entry == null ? null : entry.value();
    }
}
