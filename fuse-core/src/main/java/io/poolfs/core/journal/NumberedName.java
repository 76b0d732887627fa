package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/** A name of the form {@code <number>-<owner>}: epochs, checkpoints, journal folders. */
record NumberedName(long number, OwnerId owner) implements Comparable<NumberedName> {
    /** Null when the name has another form: on a remote anything may lie around. */
    static @Nullable NumberedName parse(String name) {
        int dash = name.indexOf('-');
        if (dash < 1 || !OwnerId.isValid(name.substring(dash + 1))) {
            return null;
        }
        long number = number(name.substring(0, dash));
        try {
            return number < 0 ? null : new NumberedName(number, OwnerId.parse(name.substring(dash + 1)));
        } catch (PoolException e) {
            return null;
        }
    }

    /** The number, or -1 when the text is not a plain decimal number without leading zeros. */
    static long number(String text) {
        if (text.isEmpty() || text.length() > 18 || (text.length() > 1 && text.charAt(0) == '0')) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return -1;
            }
        }
        return Long.parseLong(text);
    }

    @Override
    public int compareTo(NumberedName other) {
        int c = Long.compare(number, other.number);
        return c != 0 ? c : owner.compareTo(other.owner);
    }

    @Override
    public String toString() {
        return Layout.stem(number, owner);
    }
}
