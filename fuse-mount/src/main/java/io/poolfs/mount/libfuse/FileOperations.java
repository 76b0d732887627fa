package io.poolfs.mount.libfuse;

import static io.poolfs.mount.libfuse.OperationTable.Slot;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Opened;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.session.AllocateModes;
import io.poolfs.mount.session.FailureLog;
import io.poolfs.mount.session.Modes;
import io.poolfs.mount.session.MountSession;
import io.poolfs.mount.session.OpenFlags;
import io.poolfs.mount.system.Native;
import java.nio.ByteBuffer;

/**
 * Content of regular files. The kernel keeps its pages of a file from one opening to the next: every change of content
 * comes through it, or is told to it by {@link MountSession#invalidate}.
 */
final class FileOperations extends Operations {
    private final LowLevelFuse fuse;

    FileOperations(PoolFileSystem fs, FailureLog failures, LowLevelFuse fuse) {
        super(fs, failures);
        this.fuse = fuse;
    }

    @Override
    void register(OperationTable table) {
        table.set(Slot.CREATE, Callbacks.LLLIL.class, this::create);
        table.set(Slot.OPEN, Callbacks.LLL.class, this::open);
        table.set(Slot.READ, Callbacks.LLLLL.class, this::read);
        table.set(Slot.WRITE, Callbacks.LLLLLL.class, this::write);
        table.set(Slot.FALLOCATE, Callbacks.LLILLL.class, this::allocate);
        table.set(Slot.FLUSH, Callbacks.LLL.class, this::flush);
        table.set(Slot.FSYNC, Callbacks.LLIL.class, this::sync);
        table.set(Slot.RELEASE, Callbacks.LLL.class, this::release);
    }

    private void create(long request, long parent, long name, int mode, long fileInfo) {
        answer("create", request, parent, replies -> {
            FileName fileName = name(name);
            int flags = flags(fileInfo);
            Opened opened;
            try {
                opened = fs.create(
                        null,
                        Requester.of(fuse, request),
                        parent,
                        fileName,
                        mode & Modes.PERMISSIONS,
                        OpenFlags.isWritable(flags));
            } catch (PoolException e) {
                if (e.reason() == Reason.EXISTS && !OpenFlags.isExclusive(flags)) {
                    // Another front end made the file after the kernel had looked. ESTALE makes the kernel look again
                    // and open it with its own permission checks.
                    replies.error(request, Errnos.ESTALE);
                    return;
                }
                throw e;
            }
            handOut(fileInfo, opened);
            if (!replies.created(request, opened.inode(), fileInfo)) {
                fs.release(opened.handle());
            }
        });
    }

    private void open(long request, long inode, long fileInfo) {
        answer("open", request, inode, replies -> {
            int flags = flags(fileInfo);
            Opened opened = fs.open(null, inode, OpenFlags.isWritable(flags), OpenFlags.truncates(flags));
            handOut(fileInfo, opened);
            if (!replies.opened(request, fileInfo)) {
                fs.release(opened.handle());
            }
        });
    }

    private void read(long request, long inode, long size, long offset, long fileInfo) {
        answer("read", request, inode, replies -> {
            ByteBuffer dst = replies.buffer(size);
            replies.data(request, fs.read(handle(fileInfo), offset, dst));
        });
    }

    /** Always at the kernel's offset: a mapped page may be written back through a handle that appends. */
    private void write(long request, long inode, long buffer, long size, long offset, long fileInfo) {
        answer("write", request, inode, replies -> {
            fs.write(handle(fileInfo), offset, Worker.current().payload(buffer, size));
            replies.written(request, size);
        });
    }

    private void allocate(long request, long inode, int mode, long offset, long length, long fileInfo) {
        answer("fallocate", request, inode, replies -> {
            fs.allocate(handle(fileInfo), AllocateModes.allocation(mode), offset, length);
            replies.ok(request);
        });
    }

    private void flush(long request, long inode, long fileInfo) {
        answer("flush", request, inode, replies -> {
            fs.flush(handle(fileInfo));
            replies.ok(request);
        });
    }

    private void sync(long request, long inode, int dataOnly, long fileInfo) {
        answer("fsync", request, inode, replies -> {
            fs.sync(handle(fileInfo));
            replies.ok(request);
        });
    }

    private void release(long request, long inode, long fileInfo) {
        answer("release", request, inode, replies -> {
            fs.release(handle(fileInfo));
            replies.ok(request);
        });
    }

    private static void handOut(long fileInfo, Opened opened) {
        Native.putLong(fileInfo + Layouts.FileInfo.HANDLE, opened.handle());
        long bits = fileInfo + Layouts.FileInfo.BITS;
        Native.putInt(bits, Native.getInt(bits) | Layouts.FileInfo.KEEP_CACHE);
    }
}
