package io.poolfs.core.time;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Where one thread of a simulation waits for its turn. What happened before the pass is seen after the wait. */
final class Baton {
    private volatile boolean here;
    private volatile @Nullable Thread waiter;

    /** Lets the waiter go on. */
    void pass() {
        here = true;
        LockSupport.unpark(waiter);
    }

    /**
     * Waits for the pass.
     *
     * @return false when the thread was interrupted instead; the flag is then cleared
     */
    boolean await() {
        waiter = Thread.currentThread();
        while (!here) {
            LockSupport.park(this);
            if (!here && Thread.interrupted()) {
                return false;
            }
        }
        here = false;
        return true;
    }
}
