package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.NativePath;
import io.poolfs.mount.system.SystemCalls;
import java.nio.file.Path;

/** An open /dev/fuse that belongs to one mount: requests come out of it, answers go into it. Usable from any thread. */
final class Device implements Kernel, Passthrough.Backings, AutoCloseable {
    /** Nothing to receive now. */
    static final int NONE = 0;
    /** The mount has ended. */
    static final int ENDED = -1;

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 02000000;
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
    public int open(Path file) {
        NativeBuffer path = NativeBuffer.string(NativePath.bytes(file));
        int opened = system.open(path.address(), O_RDONLY | O_CLOEXEC);
        path.keep();
        if (opened < 0) {
            return -SystemCalls.lastError();
        }
        NativeBuffer map = NativeBuffer.allocate(Abi.Backing.SIZE);
        map.bytes().putInt(Abi.Backing.FD, opened);
        int backing = system.ioctl(descriptor, Abi.Backing.OPEN, map.address());
        int errno = SystemCalls.lastError();
        map.keep();
        system.close(opened);
        return backing > 0 ? backing : -Math.max(1, errno);
    }

    @Override
    public void close(int backing) {
        NativeBuffer number = NativeBuffer.allocate(Integer.BYTES);
        number.bytes().putInt(0, backing);
        system.ioctl(descriptor, Abi.Backing.CLOSE, number.address());
        number.keep();
    }

    @Override
    public void close() {
        system.close(descriptor);
    }
}
