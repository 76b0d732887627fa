package io.poolfs.core.remote;

/** What can happen to a call of a {@link SimRemote} by chance. */
public enum SimFault {
    /** REMOTE_UNAVAILABLE, and nothing was done. */
    ERROR_BEFORE,
    /** REMOTE_UNAVAILABLE although it was done: the acknowledgement got lost. */
    ERROR_AFTER,
    /** TIMEOUT after the remote's timeout; done or not, as chance will have it. */
    HANG,
    /** A put that ends with TIMEOUT and takes effect much later, even when the process is dead. */
    LATE_EFFECT,
    /** A put that ends with REMOTE_UNAVAILABLE and leaves an object that is too short. */
    TORN_UPLOAD,
    /** A put that makes a second object of the same name where there is one. */
    DUPLICATE,
    /** A put whose object has a flipped bit from then on. */
    FLIP_AT_REST,
    /** A read that delivers a flipped bit. */
    FLIP_IN_FLIGHT,
    /** REMOTE_THROTTLED, and nothing was done. */
    THROTTLED,
    /** The call takes up to the slow latency. */
    SLOW
}
