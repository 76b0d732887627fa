package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.SystemCalls;

/** An open /dev/fuse that belongs to one mount: requests come out of it, answers go into it. Usable from any thread. */
final class Device implements Kernel, AutoCloseable {
    /** Nothing to receive now. */
    static final int NONE = 0;
    /** The mount has ended. */
    static final int ENDED = -1;

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 04000;
    private static final short POLLIN = 1;
    /** {@code struct pollfd}: {fd i32, events i16, revents i16}. */
    private static final int POLL_EVENTS = 4;

    private static final int POLL_SIZE = 8;

    private final SystemCalls system;
    private final int descriptor;
    /** For the one thread that waits. */
    private final NativeBuffer poll = NativeBuffer.allocate(POLL_SIZE);

    Device(SystemCalls system, int descriptor) {
        this.system = system;
        this.descriptor = descriptor;
        system.fcntl(descriptor, F_SETFL, system.fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);
    }

    /** Receives a request without waiting: its length, {@link #NONE} or {@link #ENDED}. */
    int receive(NativeBuffer dst) {
        long length = system.read(descriptor, dst.address(), dst.bytes().capacity());
        if (length > 0) {
            return (int) length;
        }
        if (length == 0) {
            return ENDED;
        }
        return switch (SystemCalls.lastError()) {
            // ENOENT: the request was given up between its announcement and now.
            case Errnos.EAGAIN, Errnos.EINTR, Errnos.ENOENT -> NONE;
            default -> ENDED;
        };
    }

    /** Waits until there may be something to receive. Only one thread at a time may wait. */
    void awaitRequest() {
        poll.bytes().putInt(0, descriptor).putShort(POLL_EVENTS, POLLIN);
        system.poll(poll.address(), 1, -1);
        poll.keep();
    }

    /** Lets another thread of this core go on. */
    void giveWay() {
        system.sched_yield();
    }

    @Override
    public boolean send(long address, int length) {
        return system.write(descriptor, address, length) == length;
    }

    @Override
    public void close() {
        system.close(descriptor);
    }
}
