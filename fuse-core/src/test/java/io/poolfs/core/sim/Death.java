package io.poolfs.core.sim;

/** How a simulated process ended. */
enum Death {
    /** There was none before. */
    BIRTH,
    /** It stopped in order. */
    STOPPED,
    /** It was killed; the machine went on. */
    KILLED,
    /** The machine lost its power. */
    POWER_LOSS,
    /** The machine is gone with its disk. */
    MACHINE_LOST
}
