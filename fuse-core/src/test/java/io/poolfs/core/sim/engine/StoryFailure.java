package io.poolfs.core.sim.engine;

/** A story in which the pool broke a promise: how to repeat it, and what led to it. */
final class StoryFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Story story;

    StoryFailure(Story story, String where, String log, Throwable cause) {
        super("seed " + story.seed() + ", " + where + ": " + cause + "\n" + log, cause);
        this.story = story;
    }

    Story story() {
        return story;
    }
}
