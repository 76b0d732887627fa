package io.poolfs.core.time;

/** Where time comes from. Usable from any thread. */
public interface Clock {
    /** Wall clock, nanoseconds since 1970. May jump. For stamps that people and programs see. */
    long wallNanos();

    /** Never goes back; only differences mean something. For deadlines and intervals. */
    long monotonicNanos();
}
