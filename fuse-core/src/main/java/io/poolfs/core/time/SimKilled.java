package io.poolfs.core.time;

/** Ends a task of a simulated process that was killed. Swallowed where the task began; nobody else may catch it. */
final class SimKilled extends Error {
    private static final long serialVersionUID = 1L;

    SimKilled() {
        super("the simulated process was killed", null, false, false);
    }
}
