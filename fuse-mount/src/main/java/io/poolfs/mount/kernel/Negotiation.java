package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.model.PoolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first request of a mount: what both sides can do. */
final class Negotiation {
    private static final Logger LOG = LoggerFactory.getLogger(Negotiation.class);

    /** What one request carries at most. */
    static final int MAX_BYTES = 1024 * 1024;

    private static final int PAGE_BYTES = 4096;
    /**
     * Requests of read-ahead and write-back that may be on their way. Those behind them wait in the kernel, whatever
     * they are for, so that many readers of a slow remote would hold up readers of what is cached.
     */
    private static final int MAX_BACKGROUND = 1024;

    private static final int CONGESTION_THRESHOLD = 768;
    private static final int TIME_GRANULARITY_NANOS = 1;

    /**
     * The kernel applies the umask of who creates, since DONT_MASK is not asked for; locks stay with the kernel, since
     * POSIX_LOCKS and FLOCK_LOCKS are not. HANDLE_KILLPRIV_V2 spares a GETXATTR before every write. Without ASYNC_DIO who
     * waits in a direct read can be killed.
     */
    private static final long WANTED = Abi.Capability.ASYNC_READ
            | Abi.Capability.ATOMIC_O_TRUNC
            | Abi.Capability.BIG_WRITES
            | Abi.Capability.DO_READDIRPLUS
            | Abi.Capability.READDIRPLUS_AUTO
            | Abi.Capability.PARALLEL_DIROPS
            | Abi.Capability.MAX_PAGES
            | Abi.Capability.CACHE_SYMLINKS
            | Abi.Capability.HANDLE_KILLPRIV_V2
            | Abi.Capability.INIT_EXT
            | Abi.Capability.DIRECT_IO_ALLOW_MMAP
            | Abi.Capability.PASSTHROUGH;

    /** File systems below this one that images may lie on. */
    private static final int MAX_STACK_DEPTH = 1;

    private final boolean mayPassThrough;
    private volatile long agreed;
    private volatile boolean refused;

    /** {@code mayPassThrough}: whether the kernel may be lent images; it lets only the superuser do so. */
    Negotiation(boolean mayPassThrough) {
        this.mayPassThrough = mayPassThrough;
    }

    /** Whether the kernel has agreed to the capability. */
    boolean has(long capability) {
        return (agreed & capability) != 0;
    }

    void answer(Request request, Reply reply) throws PoolException {
        request.require(Abi.InitIn.OLD_SIZE);
        int major = request.getInt(Abi.InitIn.MAJOR);
        int minor = request.getInt(Abi.InitIn.MINOR);
        if (major != Abi.MAJOR || minor < Abi.OLDEST_MINOR) {
            if (!refused) {
                refused = true;
                LOG.error(
                        "the kernel speaks FUSE {}.{}, poolfs needs {}.{} or newer (Linux 5.4): mount with"
                                + " transport=jnr",
                        major,
                        minor,
                        Abi.MAJOR,
                        Abi.OLDEST_MINOR);
            }
            reply.error(Errnos.EPROTO);
            return;
        }
        long offered = offered(request);
        agreed = offered & (mayPassThrough ? WANTED : WANTED & ~Abi.Capability.PASSTHROUGH);
        LOG.debug(
                "FUSE {}.{}: offered {}, agreed {}", major, minor, Long.toHexString(offered), Long.toHexString(agreed));
        var body = reply.room(Abi.InitOut.SIZE);
        AttributeWriter.clear(body, 0, Abi.InitOut.SIZE);
        body.putInt(Abi.InitOut.MAJOR, Abi.MAJOR);
        body.putInt(Abi.InitOut.MINOR, Math.min(minor, Abi.NEWEST_MINOR));
        body.putInt(Abi.InitOut.MAX_READAHEAD, request.getInt(Abi.InitIn.MAX_READAHEAD));
        body.putInt(Abi.InitOut.FLAGS, (int) agreed);
        body.putInt(Abi.InitOut.FLAGS2, (int) (agreed >>> Integer.SIZE));
        body.putShort(Abi.InitOut.MAX_BACKGROUND, (short) MAX_BACKGROUND);
        body.putShort(Abi.InitOut.CONGESTION_THRESHOLD, (short) CONGESTION_THRESHOLD);
        body.putInt(Abi.InitOut.MAX_WRITE, MAX_BYTES);
        body.putInt(Abi.InitOut.MAX_STACK_DEPTH, has(Abi.Capability.PASSTHROUGH) ? MAX_STACK_DEPTH : 0);
        body.putInt(Abi.InitOut.TIME_GRAN, TIME_GRANULARITY_NANOS);
        body.putShort(Abi.InitOut.MAX_PAGES, (short) (MAX_BYTES / PAGE_BYTES));
        reply.body(Abi.InitOut.SIZE);
    }

    private static long offered(Request request) {
        long low = Integer.toUnsignedLong(request.getInt(Abi.InitIn.FLAGS));
        boolean extended =
                (low & Abi.Capability.INIT_EXT) != 0 && request.bodyLength() >= Abi.InitIn.FLAGS2 + Integer.BYTES;
        return extended ? low | (long) request.getInt(Abi.InitIn.FLAGS2) << Integer.SIZE : low;
    }
}
