package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Opened;
import io.poolfs.core.fs.PoolFileSystem.Seek;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.session.AllocateModes;
import io.poolfs.mount.session.Modes;
import io.poolfs.mount.session.OpenFlags;
import io.poolfs.mount.system.PageMemory;
import java.nio.ByteBuffer;

/**
 * Content of regular files. The kernel keeps its pages of a file from one opening to the next: every change of content
 * comes through it, or is told to it by {@link Notifications#contentChanged}.
 */
final class FileOperations {
    private static final int SUPERUSER = 0;

    private final PoolFileSystem fs;
    private final SetIdBits setIdBits;
    private final Negotiation negotiation;
    private final Passthrough passthrough;

    FileOperations(PoolFileSystem fs, SetIdBits setIdBits, Negotiation negotiation, Passthrough passthrough) {
        this.fs = fs;
        this.setIdBits = setIdBits;
        this.negotiation = negotiation;
        this.passthrough = passthrough;
    }

    void create(Request request, Reply reply) throws PoolException {
        request.require(Abi.CreateIn.SIZE);
        int flags = request.getInt(Abi.CreateIn.FLAGS);
        int permissions = request.getInt(Abi.CreateIn.MODE) & Modes.PERMISSIONS;
        FileName name = request.name(Abi.CreateIn.SIZE);
        Opened opened;
        try {
            opened = fs.create(null, request.caller(), request.node(), name, permissions, OpenFlags.isWritable(flags));
        } catch (PoolException e) {
            if (e.reason() == Reason.EXISTS && !OpenFlags.isExclusive(flags)) {
                // Another front end made the file after the kernel had looked. ESTALE makes the kernel look again and
                // open it with its own permission checks.
                reply.error(Errnos.ESTALE);
                return;
            }
            throw e;
        }
        long inode = opened.inode().number();
        boolean writable = OpenFlags.isWritable(flags);
        Passthrough.Mode mode = passthrough.opened(inode, opened.handle(), false, writable, caching(flags));
        if (!reply.created(opened.inode(), opened.handle(), mode.flags())) {
            close(inode, opened.handle());
        }
    }

    void open(Request request, Reply reply) throws PoolException {
        request.require(Abi.OpenIn.SIZE);
        int flags = request.getInt(Abi.OpenIn.FLAGS);
        boolean truncates = OpenFlags.truncates(flags);
        Opened opened = fs.open(null, request.node(), OpenFlags.isWritable(flags), truncates);
        if (truncates && (request.getInt(Abi.OpenIn.OPEN_FLAGS) & Abi.OpenIn.KILL_SUIDGID) != 0) {
            setIdBits.drop(request.node());
        }
        Passthrough.Mode mode;
        try {
            mode = passthrough.opened(
                    request.node(),
                    opened.handle(),
                    !OpenFlags.isWriteOnly(flags),
                    OpenFlags.isWritable(flags),
                    caching(flags));
        } catch (PoolException e) {
            fs.release(opened.handle());
            throw e;
        }
        if (!reply.opened(opened.handle(), mode.flags(), mode.backing())) {
            close(request.node(), opened.handle());
        }
    }

    void read(Request request, Reply reply) throws PoolException {
        request.require(Abi.TransferIn.SIZE);
        ByteBuffer dst = reply.room(request.getInt(Abi.TransferIn.BYTES));
        reply.body(fs.read(request.getLong(Abi.TransferIn.FH), request.getLong(Abi.TransferIn.OFFSET), dst));
    }

    /** Whether a read or write needs nothing from a remote; also when it will fail. */
    boolean isLocal(Request request) {
        try {
            request.require(Abi.TransferIn.SIZE);
            return fs.isLocal(
                    request.getLong(Abi.TransferIn.FH),
                    request.getLong(Abi.TransferIn.OFFSET),
                    request.getInt(Abi.TransferIn.BYTES),
                    request.opcode() == Abi.Opcode.WRITE);
        } catch (PoolException e) {
            return true;
        }
    }

    /** Whether a write begins and ends with a page. */
    static boolean isWhole(Request request) {
        return request.bodyLength() < Abi.TransferIn.SIZE
                || ((request.getLong(Abi.TransferIn.OFFSET) | request.getInt(Abi.TransferIn.BYTES))
                                & (PageMemory.PAGE_BYTES - 1))
                        == 0;
    }

    /** Always at the kernel's offset: a mapped page may be written back through a handle that appends. */
    void write(Request request, Reply reply) throws PoolException {
        request.require(Abi.TransferIn.SIZE);
        int count = request.getInt(Abi.TransferIn.BYTES);
        ByteBuffer src = request.payload(Abi.TransferIn.SIZE, count);
        fs.write(request.getLong(Abi.TransferIn.FH), request.getLong(Abi.TransferIn.OFFSET), src);
        if ((request.getInt(Abi.TransferIn.WRITE_FLAGS) & Abi.TransferIn.WRITE_KILL_SUIDGID) != 0) {
            setIdBits.drop(request.node());
        }
        reply.written(count);
    }

    void allocate(Request request, Reply reply) throws PoolException {
        request.require(Abi.FallocateIn.SIZE);
        fs.allocate(
                request.getLong(Abi.FallocateIn.FH),
                AllocateModes.allocation(request.getInt(Abi.FallocateIn.MODE)),
                request.getLong(Abi.FallocateIn.OFFSET),
                request.getLong(Abi.FallocateIn.LENGTH));
        if (request.caller().uid() != SUPERUSER) {
            setIdBits.drop(request.node());
        }
        reply.ok();
    }

    void seek(Request request, Reply reply) throws PoolException {
        request.require(Abi.LseekIn.SIZE);
        Seek what =
                switch (request.getInt(Abi.LseekIn.WHENCE)) {
                    case Abi.LseekIn.SEEK_DATA -> Seek.DATA;
                    case Abi.LseekIn.SEEK_HOLE -> Seek.HOLE;
                    default ->
                        throw new PoolException(
                                Reason.INVALID, "lseek with whence " + request.getInt(Abi.LseekIn.WHENCE));
                };
        reply.offset(fs.seek(request.getLong(Abi.LseekIn.FH), what, request.getLong(Abi.LseekIn.OFFSET)));
    }

    /** The kernel copies by itself what is refused as not supported. */
    void copyRange(Request request, Reply reply) throws PoolException {
        request.require(Abi.CopyFileRangeIn.SIZE);
        long shared = fs.share(
                request.getLong(Abi.CopyFileRangeIn.FH_IN),
                request.getLong(Abi.CopyFileRangeIn.OFF_IN),
                request.getLong(Abi.CopyFileRangeIn.FH_OUT),
                request.getLong(Abi.CopyFileRangeIn.OFF_OUT),
                Math.min(request.getLong(Abi.CopyFileRangeIn.LEN), Integer.MAX_VALUE));
        if (request.caller().uid() != SUPERUSER) {
            setIdBits.drop(request.getLong(Abi.CopyFileRangeIn.NODEID_OUT));
        }
        reply.written((int) shared);
    }

    /**
     * Closing is told by RELEASE alone: it follows at once, and nothing that could fail is left to a close. The kernel
     * asks only once. It has written mapped pages before.
     */
    void flush(Request request, Reply reply) {
        reply.error(Errnos.ENOSYS);
    }

    void sync(Request request, Reply reply) throws PoolException {
        fs.sync(handle(request));
        reply.ok();
    }

    void release(Request request, Reply reply) throws PoolException {
        close(request.node(), handle(request));
        reply.ok();
    }

    private void close(long inode, long handle) {
        fs.release(handle);
        passthrough.closed(inode);
    }

    /**
     * Who can only write gains nothing by the kernel's pages, which are a second copy and cost a question for
     * {@code security.capability} per file. Where the kernel keeps mappings and direct writes coherent, writes go past
     * them.
     */
    private int caching(int flags) {
        boolean direct = OpenFlags.isWriteOnly(flags) && negotiation.has(Abi.Capability.DIRECT_IO_ALLOW_MMAP);
        return direct ? Abi.OpenOut.DIRECT_IO : Abi.OpenOut.KEEP_CACHE;
    }

    private static long handle(Request request) throws PoolException {
        request.require(Abi.HandleIn.SIZE);
        return request.getLong(Abi.HandleIn.FH);
    }
}
