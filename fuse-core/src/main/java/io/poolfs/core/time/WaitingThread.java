package io.poolfs.core.time;

/**
 * A thread that is told when it is going to wait in a {@link Monitor}, so that another can do meanwhile what only it
 * would have done. Only a wait counts, not the taking of a lock. Called on the thread itself, with the monitor held:
 * neither method may wait.
 */
public interface WaitingThread {
    void beginWait();

    /** Called for every {@link #beginWait}, however the wait ended. */
    void endWait();
}
