package io.poolfs.core.sim.engine;

/** How the process before ended. */
enum Death {
    /** There was none. */
    BIRTH,
    /** It was closed; what it left runs no further. */
    STOPPED,
    /** It was closed, and then the machine lost its power. */
    REBOOTED,
    /** It was killed; the machine went on. */
    KILLED,
    /** The machine lost its power. */
    POWER_LOSS,
    /** The machine is gone with its disk. */
    MACHINE_LOST;

    /** What was not acknowledged by an fsync may be lost. */
    boolean isLossy() {
        return this == POWER_LOSS || this == MACHINE_LOST;
    }
}
