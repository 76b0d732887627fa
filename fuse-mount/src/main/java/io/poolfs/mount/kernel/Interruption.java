package io.poolfs.mount.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the request that a server has in hand should be given up. The kernel tells of every signal that its caller
 * gets while it waits; only a signal that ends the caller counts, because programs rightly never expect EINTR from
 * reading, writing and syncing files. It takes effect where the server waits, never in the midst of local I/O: an
 * interrupt there would close files that are shared.
 */
final class Interruption {
    private static final String PENDING = "SigPnd:";
    /** SIGKILL, which every signal that ends a process turns into. */
    private static final long KILL = 1L << 8;

    private final Thread server;

    @GuardedBy("this")
    private long unique;

    @GuardedBy("this")
    private int pid;

    /** The kernel has told of a signal for the request in hand. */
    @GuardedBy("this")
    private boolean signalled;

    @GuardedBy("this")
    private boolean waits;

    Interruption(Thread server) {
        this.server = server;
    }

    synchronized void begin(long requestUnique, int callerPid) {
        unique = requestUnique;
        pid = callerPid;
        signalled = false;
    }

    synchronized void end() {
        unique = 0;
    }

    synchronized void beginWait() {
        waits = true;
    }

    synchronized void endWait() {
        waits = false;
        // One that came too late for the wait; it comes again while the request is in hand.
        Thread.interrupted();
    }

    /** Returns whether this is the request in hand. */
    synchronized boolean signal(long requestUnique) {
        if (unique != requestUnique) {
            return false;
        }
        signalled = true;
        return true;
    }

    /** Gives the request up if its caller is being ended; returns whether it has to be looked at again. */
    boolean check() {
        int caller;
        synchronized (this) {
            if (unique == 0 || !signalled) {
                return false;
            }
            caller = pid;
        }
        if (!isDying(caller)) {
            return true;
        }
        synchronized (this) {
            if (unique != 0 && signalled && pid == caller && waits) {
                server.interrupt();
            }
        }
        return true;
    }

    static boolean isDying(int pid) {
        if (pid == 0) {
            return false;
        }
        try (var lines = Files.lines(Path.of("/proc", Integer.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(PENDING))
                    .anyMatch(line -> (Long.parseUnsignedLong(
                                            line.substring(PENDING.length()).strip(), 16)
                                    & KILL)
                            != 0);
        } catch (IOException | RuntimeException e) {
            // It is of another process namespace, or gone.
            return false;
        }
    }
}
