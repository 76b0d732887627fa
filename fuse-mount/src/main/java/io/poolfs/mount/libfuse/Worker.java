package io.poolfs.mount.libfuse;

import io.poolfs.mount.system.NativeBuffer;
import java.nio.ByteBuffer;

/**
 * A thread that takes requests from the kernel and answers them. libfuse calls the operations on it, so a callback
 * finds its buffers through {@link #current}. Owned by {@link Workers}.
 */
final class Worker extends Thread {
    /** In {@code struct fuse_in_header}. */
    private static final int OPCODE = 4;

    private static final int FORGET = 2;
    private static final int BATCH_FORGET = 42;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    private final Workers workers;
    private final LowLevelFuse fuse;
    private final long session;
    private final long channel;
    private final Replies replies;
    private final NativeBuffer received;
    private final ByteBuffer payload;
    /** libfuse may put another channel there; with one channel it never does. */
    private final NativeBuffer channelReference = NativeBuffer.allocate(Long.BYTES);

    Worker(Workers workers, String name, LowLevelFuse fuse, long session, long channel, Replies replies) {
        super(name);
        setDaemon(true);
        this.workers = workers;
        this.fuse = fuse;
        this.session = session;
        this.channel = channel;
        this.replies = replies;
        this.received = NativeBuffer.allocate((int) fuse.fuse_chan_bufsize(channel));
        this.payload = received.bytes().asReadOnlyBuffer();
        channelReference.bytes().putLong(0, channel);
    }

    /** Only inside a callback. */
    static Worker current() {
        return (Worker) Thread.currentThread();
    }

    Replies replies() {
        return replies;
    }

    /** The bytes of the request in hand at an address that libfuse named; valid until the request is answered. */
    ByteBuffer payload(long address, long length) {
        int offset = (int) (address - received.address());
        return payload.limit(offset + (int) length).position(offset);
    }

    @Override
    public void run() {
        try {
            serve();
        } finally {
            workers.ended(this);
        }
    }

    private void serve() {
        while (fuse.fuse_session_exited(session) == 0) {
            workers.waiting();
            int length = fuse.fuse_chan_recv(
                    channelReference.address(),
                    received.address(),
                    received.bytes().capacity());
            boolean last = workers.working();
            if (length == -EINTR || length == -EAGAIN) {
                continue;
            }
            if (length <= 0) {
                return;
            }
            if (last && !isForget()) {
                workers.grow();
            }
            fuse.fuse_session_process(session, received.address(), length, channel);
            if (workers.isSuperfluous()) {
                return;
            }
        }
    }

    private boolean isForget() {
        int opcode = received.bytes().getInt(OPCODE);
        return opcode == FORGET || opcode == BATCH_FORGET;
    }
}
