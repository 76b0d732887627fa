package io.poolfs.mount.libfuse;

import static io.poolfs.mount.libfuse.OperationTable.Slot;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Entry;
import io.poolfs.mount.session.FailureLog;
import io.poolfs.mount.system.Native;
import java.nio.ByteBuffer;

/** Reading directories. */
final class DirectoryOperations extends Operations {
    /** {@code struct fuse_dirent}: {u64 ino, u64 off, u32 name length, u32 type, name}, padded to 8 bytes. */
    private static final int ENTRY_HEADER = 24;

    DirectoryOperations(PoolFileSystem fs, FailureLog failures) {
        super(fs, failures);
    }

    @Override
    void register(OperationTable table) {
        table.set(Slot.OPENDIR, Callbacks.LLL.class, this::open);
        table.set(Slot.READDIR, Callbacks.LLLLL.class, this::read);
        table.set(Slot.RELEASEDIR, Callbacks.LLL.class, this::release);
        table.set(Slot.FSYNCDIR, Callbacks.LLIL.class, this::sync);
    }

    private void open(long request, long inode, long fileInfo) {
        answer("opendir", request, inode, replies -> {
            long handle = fs.openDirectory(inode);
            Native.putLong(fileInfo + Layouts.FileInfo.HANDLE, handle);
            if (!replies.opened(request, fileInfo)) {
                fs.releaseDirectory(handle);
            }
        });
    }

    private void read(long request, long inode, long size, long cookie, long fileInfo) {
        answer("readdir", request, inode, replies -> {
            ByteBuffer dst = replies.buffer(size);
            fs.readDirectory(handle(fileInfo), cookie, entry -> put(entry, dst));
            replies.data(request, dst.position());
        });
    }

    private void release(long request, long inode, long fileInfo) {
        answer("releasedir", request, inode, replies -> {
            fs.releaseDirectory(handle(fileInfo));
            replies.ok(request);
        });
    }

    private void sync(long request, long inode, int dataOnly, long fileInfo) {
        answer("fsyncdir", request, inode, replies -> {
            fs.syncDirectory(inode);
            replies.ok(request);
        });
    }

    /** As {@code fuse_add_direntry} does, without a call into C per entry. */
    private static boolean put(Entry entry, ByteBuffer dst) {
        int length = entry.name().length();
        int padded = (ENTRY_HEADER + length + 7) & ~7;
        if (dst.remaining() < padded) {
            return false;
        }
        int start = dst.position();
        dst.putLong(entry.inode());
        dst.putLong(entry.cookie());
        dst.putInt(length);
        dst.putInt(entry.typeBits() >> 12);
        entry.name().write(dst);
        while (dst.position() < start + padded) {
            dst.put((byte) 0);
        }
        return true;
    }
}
