package io.poolfs.core.sim;

/** A run of the simulation that broke a promise: how to repeat it, and what led to it. */
public final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SimulationFailure(long seed, String where, String trace, Throwable cause) {
        super("seed " + seed + ", " + where + ": " + cause + "\nlast steps:\n" + trace, cause);
    }
}
