package io.poolfs.core.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes ({@code 100M}, 1024 based) and times ({@code 30s}) as people write them, both ways. */
public final class Quantities {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,6})?)\\s*([KMGTP]?)(?:I?B)?");
    private static final Pattern TIME = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*(ms|s|m|min|h|d)");
    private static final String SIZE_UNITS = "KMGTP";

    private Quantities() {}

    /** Empty when the text is not a size. */
    public static OptionalLong size(String text) {
        Matcher match = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        int shift = match.group(2).isEmpty() ? 0 : 10 * (SIZE_UNITS.indexOf(match.group(2)) + 1);
        BigDecimal bytes = new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(1L << shift));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(bytes.longValue());
    }

    /** Empty when the text is not a time. A bare 0 is one; any other number needs its unit. */
    public static Optional<Duration> time(String text) {
        String clean = text.strip().toLowerCase(Locale.ROOT);
        if (clean.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher match = TIME.matcher(clean);
        if (!match.matches()) {
            return Optional.empty();
        }
        long unitMillis =
                switch (match.group(2)) {
                    case "ms" -> 1;
                    case "s" -> 1000;
                    case "h" -> 3_600_000;
                    case "d" -> 86_400_000;
                    default -> 60_000;
                };
        BigDecimal millis = new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(unitMillis));
        return Optional.of(Duration.ofMillis(millis.longValue()));
    }

    /** The shortest text that reads back as exactly this size. */
    public static String exactSize(long bytes) {
        for (int unit = SIZE_UNITS.length(); unit > 0; unit--) {
            long scale = 1L << (10 * unit);
            if (bytes >= scale && bytes % scale == 0) {
                return bytes / scale + SIZE_UNITS.substring(unit - 1, unit);
            }
        }
        return Long.toString(bytes);
    }

    /** For people: at most one decimal, such as {@code 1.5 GiB}. */
    public static String readableSize(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1023.95 && unit < SIZE_UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        String number = String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
        return number + " " + SIZE_UNITS.charAt(unit) + "iB";
    }

    /** For people: the two largest units, such as {@code 2 h 5 min}. */
    public static String readableTime(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 60) {
            return seconds == 0 && !time.isZero() ? time.toMillis() + " ms" : seconds + " s";
        }
        if (seconds < 3600) {
            return pair(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return pair(seconds / 3600, "h", seconds % 3600 / 60, "min");
        }
        return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String pair(long major, String majorUnit, long minor, String minorUnit) {
        return major + " " + majorUnit + (minor == 0 ? "" : " " + minor + " " + minorUnit);
    }
}
