package io.poolfs.core.time;

/** A simulation that cannot go on, or goes on for ever. The message tells who waits for what. */
public final class StuckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StuckException(String message) {
        super(message);
    }
}
