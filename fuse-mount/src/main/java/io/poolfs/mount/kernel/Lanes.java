package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import org.jspecify.annotations.Nullable;

/**
 * How many servers may be waiting for remotes, by what they wait for; the rest is for names, attributes and what is
 * cached. Usable from any thread.
 */
final class Lanes {
    /** Of so many servers … */
    private static final int PARTS = 16;

    private static final int FETCHING_PARTS = 8;
    private static final int OTHER_PARTS = 3;

    /** Reads are some bytes each, writes up to {@link Negotiation#MAX_BYTES} in the heap. */
    private static final long MOST_HELD_BYTES = 16L << 20;

    private final Notifications notifications;
    /** Reads, and writes that need bytes around them. */
    private final Lane fetching;
    /** Other writes: they wait for room. */
    private final Lane writing;

    private final Lane syncing;

    Lanes(int servers, Notifications notifications) {
        this.notifications = notifications;
        fetching = lane(servers, FETCHING_PARTS);
        writing = lane(servers, OTHER_PARTS);
        syncing = lane(servers, OTHER_PARTS);
    }

    private static Lane lane(int servers, int parts) {
        return new Lane(Math.max(1, servers * parts / PARTS), MOST_HELD_BYTES);
    }

    /** Null for a request that never waits for a remote. */
    @Nullable
    Lane of(Request request, FileOperations files) {
        return switch (request.opcode()) {
            case Abi.Opcode.READ -> fetching;
            case Abi.Opcode.WRITE -> FileOperations.isWhole(request) || files.isLocal(request) ? writing : fetching;
            case Abi.Opcode.FALLOCATE -> writing;
            case Abi.Opcode.FSYNC, Abi.Opcode.FSYNCDIR -> syncing;
            default -> null;
        };
    }

    /** Gives up a held request if its caller is being ended, now or later; false when none of that number is held. */
    boolean signal(long unique) {
        return fetching.signal(unique) || writing.signal(unique) || syncing.signal(unique);
    }

    /** Returns whether it has to be done again. */
    boolean check() {
        boolean again = fetching.check(this::giveUp);
        again |= writing.check(this::giveUp);
        again |= syncing.check(this::giveUp);
        return again;
    }

    private void giveUp(long unique) {
        notifications.answer(unique, Errnos.EINTR);
    }
}
