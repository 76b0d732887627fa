package io.poolfs.it.cloud;

import java.time.Duration;

/**
 * What an operation came to.
 *
 * @param words the error's message, or what was not as it should be
 */
record Seen(Outcome outcome, Duration took, String words) {
    String seconds() {
        return "%.1f".formatted(took.toMillis() / 1000.0);
    }
}
