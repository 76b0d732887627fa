package io.poolfs.cli.service;

import org.jspecify.annotations.Nullable;

/**
 * How far a long call is.
 *
 * @param phase what is being done, in a few words
 * @param done in units; {@code total} is -1 when unknown
 * @param unit {@code bytes}, {@code files}, {@code transactions} …
 * @param detail a line worth keeping in a log, or null
 */
public record Progress(
        String phase,
        long done,
        long total,
        String unit,
        @Nullable String detail) {
    /** Takes progress; called from the thread that works, so it must be quick. */
    @FunctionalInterface
    public interface Listener {
        Listener NONE = progress -> {};

        void update(Progress progress);
    }
}
