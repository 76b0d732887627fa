package io.poolfs.mount.kernel;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Entry;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reading directories. The kernel keeps a listing until the directory changes, which happens through it or is told to
 * it by {@link Notifications#entryChanged}.
 */
final class DirectoryOperations {
    /** Type bits of a mode begin here. */
    private static final int TYPE_SHIFT = 12;

    private final PoolFileSystem fs;
    private final Barrier barrier;

    DirectoryOperations(PoolFileSystem fs, Barrier barrier) {
        this.fs = fs;
        this.barrier = barrier;
    }

    void open(Request request, Reply reply) throws PoolException {
        long handle = fs.openDirectory(request.node());
        barrier.opened(request.pid(), handle);
        if (!reply.opened(handle, Abi.OpenOut.KEEP_CACHE | Abi.OpenOut.CACHE_DIR)) {
            fs.releaseDirectory(handle);
        }
    }

    void read(Request request, Reply reply) throws PoolException {
        request.require(Abi.TransferIn.SIZE);
        ByteBuffer dst = reply.room(request.getInt(Abi.TransferIn.BYTES));
        fs.readDirectory(
                request.getLong(Abi.TransferIn.FH), request.getLong(Abi.TransferIn.OFFSET), entry -> put(entry, dst));
        reply.body(dst.position());
    }

    /** Every entry with its attributes, so that {@code ls -l} needs no request per file. */
    void readWithAttributes(Request request, Reply reply) throws PoolException {
        request.require(Abi.TransferIn.SIZE);
        ByteBuffer dst = reply.room(request.getInt(Abi.TransferIn.BYTES));
        List<Entry> entries = new ArrayList<>();
        int[] room = {dst.remaining()};
        fs.readDirectory(request.getLong(Abi.TransferIn.FH), request.getLong(Abi.TransferIn.OFFSET), entry -> {
            room[0] -= Abi.EntryOut.SIZE + Abi.Dirent.size(entry.name().length());
            if (room[0] < 0) {
                return false;
            }
            entries.add(entry);
            return true;
        });
        for (Entry entry : entries) {
            int at = dst.position();
            Inode inode = attributes(entry);
            if (inode == null) {
                AttributeWriter.clear(dst, at, Abi.EntryOut.SIZE);
            } else {
                reply.writer().entry(inode, dst, at);
            }
            dst.position(at + Abi.EntryOut.SIZE);
            put(entry, dst);
        }
        reply.body(dst.position());
    }

    void release(Request request, Reply reply) throws PoolException {
        request.require(Abi.HandleIn.SIZE);
        long handle = request.getLong(Abi.HandleIn.FH);
        barrier.released(handle);
        fs.releaseDirectory(handle);
        reply.ok();
    }

    void sync(Request request, Reply reply) throws PoolException {
        fs.syncDirectory(request.node());
        reply.ok();
    }

    /** Null for what the kernel looks up itself: the two entries of every directory, and what is gone meanwhile. */
    private @Nullable Inode attributes(Entry entry) throws PoolException {
        if (entry.name().equals(FileName.DOT) || entry.name().equals(FileName.DOT_DOT)) {
            return null;
        }
        try {
            return fs.attributes(entry.inode());
        } catch (PoolException e) {
            if (e.reason() == Reason.NOT_FOUND || e.reason() == Reason.STALE) {
                return null;
            }
            throw e;
        }
    }

    /** {@code fuse_dirent}: {ino u64, off u64, namelen u32, type u32, name}; false when it does not fit. */
    private static boolean put(Entry entry, ByteBuffer dst) {
        int length = entry.name().length();
        int end = dst.position() + Abi.Dirent.size(length);
        if (end > dst.limit()) {
            return false;
        }
        dst.putLong(entry.inode());
        dst.putLong(entry.cookie());
        dst.putInt(length);
        dst.putInt(entry.typeBits() >> TYPE_SHIFT);
        entry.name().write(dst);
        while (dst.position() < end) {
            dst.put((byte) 0);
        }
        return true;
    }
}
