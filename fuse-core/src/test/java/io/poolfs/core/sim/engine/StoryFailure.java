package io.poolfs.core.sim.engine;

/** A story in which the pool broke a promise: how to repeat it, and what led to it. */
final class StoryFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Story story;

    StoryFailure(Story story, String where, String trace, Throwable cause) {
        super(
                "seed " + story.seed() + ", " + where + ": " + cause
                        + (trace.isEmpty() ? "" : "\nlast steps:\n" + trace),
                cause);
        this.story = story;
    }

    /** What went wrong, without its figures and names. */
    String kind() {
        Throwable cause = getCause();
        String text = String.valueOf(cause == null ? null : cause.getMessage());
        return text.lines()
                .findFirst()
                .orElse("")
                .replaceAll("[0-9a-f]{16,}|[0-9]+|/[^ ]*|[A-Z_]{3,}", "#")
                .replaceAll("(#[ :]*)+", "#");
    }

    Story story() {
        return story;
    }
}
