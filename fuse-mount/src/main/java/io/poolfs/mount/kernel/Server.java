package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.time.WaitingThread;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.PageMemory;
import io.poolfs.mount.system.SystemCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that takes requests from the kernel and answers them itself, so that in the ordinary case a request wakes
 * nobody but the one thread that listens. Owned by {@link Crew}, which decides who listens.
 */
final class Server extends Thread implements WaitingThread {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** Requests found waiting in a row, after which a second server is worth its waking. */
    private static final int BACKLOG = 3;

    /** In place of an opcode. */
    private static final int NOTHING = 0;
    /** In place of an opcode, while one is being received. */
    private static final int UNKNOWN = -1;

    private final Crew crew;
    private final Device device;
    private final Dispatcher dispatcher;
    private final Lanes lanes;
    private final PageMemory memory;
    private final NativeBuffer received;
    private final Request request;
    private final Reply reply;
    private final Interruption interruption = new Interruption(this);
    private int backlog;
    /** The opcode of the request in hand. */
    private volatile int inHand = NOTHING;
    /** How many requests have been done. */
    private volatile long turn;

    Server(
            Crew crew,
            String name,
            SystemCalls system,
            Device device,
            Dispatcher dispatcher,
            Lanes lanes,
            MountSettings settings,
            int maxBytes) {
        super(name);
        setDaemon(true);
        this.crew = crew;
        this.device = device;
        this.dispatcher = dispatcher;
        this.lanes = lanes;
        // Headers end where a page ends, so that the bytes of a read or write begin with one.
        int page = PageMemory.PAGE_BYTES;
        int receiveBytes = Abi.InHeader.SIZE + Abi.TransferIn.SIZE + maxBytes;
        int replyAt = page + maxBytes;
        memory = PageMemory.allocate(system, replyAt + page + maxBytes);
        received = memory.part(page - Abi.InHeader.SIZE - Abi.TransferIn.SIZE, receiveBytes);
        request = new Request(received.bytes());
        reply = new Reply(
                device, settings, memory.part(replyAt + page - Abi.OutHeader.SIZE, Abi.OutHeader.SIZE + maxBytes));
    }

    Interruption interruption() {
        return interruption;
    }

    /** After the thread has ended, or when it was never started. */
    void free() {
        memory.close();
    }

    @Override
    public void run() {
        try {
            serve();
        } finally {
            crew.ended(this);
        }
    }

    @Override
    public void beginWait() {
        crew.waiting();
        interruption.beginWait();
    }

    @Override
    public void endWait() {
        interruption.endWait();
        crew.waited();
    }

    /** On this thread: takes a request if there is one. {@link Device#receive} says what it returns. */
    int receive() {
        inHand = UNKNOWN;
        int length = device.receive(received);
        if (length <= 0) {
            inHand = NOTHING;
        }
        return length;
    }

    long turn() {
        return turn;
    }

    /** Whether the request in hand, if there is one, may be the release of a file. */
    boolean mayHaveRelease() {
        int opcode = inHand;
        return opcode == UNKNOWN || opcode == Abi.Opcode.RELEASE;
    }

    private void serve() {
        while (true) {
            int length = receive();
            if (length == Device.NONE) {
                backlog = 0;
                if (!crew.tryListen(this)) {
                    if (crew.rest(this)) {
                        continue;
                    }
                    return;
                }
                length = crew.listen(this);
            } else if (++backlog >= BACKLOG) {
                backlog = 0;
                crew.callForBacklog();
            }
            if (length == Device.ENDED) {
                crew.end();
                return;
            }
            handle(length);
            done();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only this thread writes it.
    private void done() {
        inHand = NOTHING;
        turn++;
    }

    private void handle(int length) {
        if (!request.received(length)) {
            LOG.error("a request of {} bytes that is none came from the kernel: ignored", length);
            return;
        }
        int opcode = request.opcode();
        inHand = opcode;
        if (opcode == Abi.Opcode.INTERRUPT) {
            giveUp();
            return;
        }
        Lane lane = lanes.of(request, dispatcher.files());
        if (lane == null) {
            dispatch();
        } else {
            dispatch(lane);
        }
    }

    /** Unless there is room in the lane, only what needs no remote is served now. */
    private void dispatch(Lane lane) {
        if (!lane.enter()) {
            if (request.opcode() == Abi.Opcode.READ && dispatcher.files().isLocal(request)) {
                dispatch();
                return;
            }
            if (!lane.enterOrHold(request)) {
                return;
            }
        }
        byte[] next;
        do {
            int opcode = request.opcode();
            if (opcode == Abi.Opcode.FSYNC || opcode == Abi.Opcode.FSYNCDIR) {
                // They wait for remotes or for a disk, not always in a way that the crew is told of.
                crew.call();
            }
            dispatch();
            next = lane.leave();
            if (next != null) {
                request.restore(next);
            }
        } while (next != null);
    }

    private void dispatch() {
        interruption.begin(request.unique(), request.pid());
        dispatcher.dispatch(request, reply);
        interruption.end();
    }

    private void giveUp() {
        boolean found =
                request.bodyLength() >= Abi.InterruptIn.SIZE && crew.interrupt(request.getLong(Abi.InterruptIn.UNIQUE));
        if (!found) {
            // Not begun yet: the kernel sends the interrupt again, unless the request is answered by then.
            reply.begin(request.unique());
            reply.error(Errnos.EAGAIN);
        }
    }
}
