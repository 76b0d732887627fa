package io.poolfs.mount.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests of a kind that may wait for remotes. So many of them are in hand at a time; the others are held as bytes, in
 * order, and taken up by the servers that come free of the lane. Bytes that would be too many to hold stay with their
 * servers. Usable from any thread.
 */
final class Lane {
    private final int limit;
    private final long mostHeldBytes;

    @GuardedBy("this")
    private int inHand;

    @GuardedBy("this")
    private long heldBytes;

    @GuardedBy("this")
    private final Deque<Held> held = new ArrayDeque<>();

    /** A request that nobody serves yet. */
    private static final class Held {
        private final long unique;
        private final int pid;
        private final byte[] bytes;
        private boolean signalled;

        Held(Request request) {
            unique = request.unique();
            pid = request.pid();
            bytes = request.copy();
        }
    }

    Lane(int limit, long mostHeldBytes) {
        this.limit = limit;
        this.mostHeldBytes = mostHeldBytes;
    }

    /** Returns whether one more may be taken in hand; who takes it calls {@link #leave} afterwards. */
    synchronized boolean enter() {
        if (inHand >= limit) {
            return false;
        }
        inHand++;
        return true;
    }

    /** As {@link #enter}, but true also for what cannot be held any more; holds the request when it returns false. */
    synchronized boolean enterOrHold(Request request) {
        if (enter()) {
            return true;
        }
        if (heldBytes + request.length() > mostHeldBytes) {
            inHand++;
            return true;
        }
        held.addLast(new Held(request));
        heldBytes += request.length();
        return false;
    }

    /** One in hand is done; returns the next one, which is in hand then, or null. */
    synchronized byte @Nullable [] leave() {
        Held next = held.pollFirst();
        if (next == null) {
            inHand--;
            return null;
        }
        heldBytes -= next.bytes.length;
        return next.bytes;
    }

    /** The caller of the request got a signal; returns false when it is not held here. */
    synchronized boolean signal(long unique) {
        for (Held each : held) {
            if (each.unique == unique) {
                each.signalled = true;
                return true;
            }
        }
        return false;
    }

    /** Gives up held requests whose callers are being ended; returns whether others have to be looked at again. */
    synchronized boolean check(LongConsumer givenUp) {
        boolean again = false;
        for (Iterator<Held> all = held.iterator(); all.hasNext(); ) {
            Held each = all.next();
            if (each.signalled && Interruption.isDying(each.pid)) {
                all.remove();
                heldBytes -= each.bytes.length;
                givenUp.accept(each.unique);
            } else {
                again |= each.signalled;
            }
        }
        return again;
    }
}
