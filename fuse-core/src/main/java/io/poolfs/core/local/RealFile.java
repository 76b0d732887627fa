package io.poolfs.core.local;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor with positional I/O. Calls in progress keep it open: a close takes effect when the last of them
 * ends, so that none of them can hit a reused descriptor.
 */
final class RealFile implements LocalFile {
    private static final int BOUNCE_BYTES = 64 << 10;
    private static final int BLOCK_BYTES = 4096;

    /** Bytes on their way between an array and the system. */
    private static final ThreadLocal<ByteBuffer> BOUNCE =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE_BYTES));

    private final Path path;
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The opener and each call in progress; nobody at 0. */
    private final AtomicInteger users = new AtomicInteger(1);

    RealFile(Path path, int fd) {
        this.path = path;
        this.fd = fd;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public int read(long offset, ByteBuffer dst) throws PoolException {
        acquire();
        try {
            int done = 0;
            while (dst.hasRemaining()) {
                int count = dst.isDirect() ? readDirect(offset + done, dst) : readBounced(offset + done, dst);
                if (count == 0) {
                    break;
                }
                done += count;
            }
            return done;
        } finally {
            release();
        }
    }

    @Override
    public void write(long offset, ByteBuffer src) throws PoolException {
        acquire();
        try {
            long at = offset;
            while (src.hasRemaining()) {
                at += src.isDirect() ? writeDirect(at, src) : writeBounced(at, src);
            }
        } finally {
            release();
        }
    }

    @Override
    public long sizeBytes() throws PoolException {
        return stat().sizeBytes();
    }

    /** The system gives a write lease only to the one open file of an inode; mappings hold theirs open. */
    @Override
    public boolean isOpenElsewhere() throws PoolException {
        acquire();
        try {
            // Who opens the file while the lease is held makes a signal that by default would end the process.
            if (Libc.calls().fcntl(fd, Libc.F_SETSIG, Libc.SIGWINCH) != 0
                    || Libc.calls().fcntl(fd, Libc.F_SETLEASE, Libc.F_WRLCK) != 0) {
                return true;
            }
            Libc.calls().fcntl(fd, Libc.F_SETLEASE, Libc.F_UNLCK);
            return false;
        } finally {
            release();
        }
    }

    @Override
    public void truncate(long sizeBytes) throws PoolException {
        run("truncate", () -> Libc.calls().ftruncate(fd, sizeBytes));
    }

    @Override
    public void punch(long offset, long lengthBytes) throws PoolException {
        if (lengthBytes <= 0) {
            return;
        }
        acquire();
        try {
            if (retried(() -> Libc.calls().fallocate(fd, Libc.PUNCH, offset, lengthBytes)) == 0) {
                return;
            }
            int errno = Libc.errno();
            if (errno != Libc.EOPNOTSUPP) {
                throw Libc.failure("punch " + lengthBytes + " bytes at " + offset + " of", path, errno);
            }
            // No holes on this file system: what counts is that nothing old is read.
            writeZeros(offset, Math.min(lengthBytes, sizeBytes() - offset));
        } finally {
            release();
        }
    }

    @Override
    public long nextData(long offset) throws PoolException {
        acquire();
        try {
            long found = Libc.calls().lseek(fd, offset, Libc.SEEK_DATA);
            if (found >= 0) {
                return found;
            }
            // Nothing but a hole up to the end, or a file system that does not know.
            return Libc.errno() == Libc.ENXIO ? Math.max(offset, stat().sizeBytes()) : offset;
        } finally {
            release();
        }
    }

    @Override
    public void sync() throws PoolException {
        run("sync", () -> Libc.calls().fsync(fd));
    }

    @Override
    public long allocatedBytes() throws PoolException {
        FileStat stat = stat();
        // File systems allocate ahead of a growing file.
        long rounded = (stat.sizeBytes() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
        return Math.min(stat.allocatedBytes(), rounded);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private FileStat stat() throws PoolException {
        acquire();
        try {
            return FileStat.of(fd, path);
        } finally {
            release();
        }
    }

    private int readDirect(long offset, ByteBuffer dst) throws PoolException {
        long count;
        do {
            count = Libc.calls().pread(fd, dst, dst.remaining(), offset);
        } while (count < 0 && Libc.errno() == Libc.EINTR);
        if (count < 0) {
            throw Libc.failure("read " + dst.remaining() + " bytes at " + offset + " of", path, Libc.errno());
        }
        dst.position(dst.position() + (int) count);
        return (int) count;
    }

    private int readBounced(long offset, ByteBuffer dst) throws PoolException {
        ByteBuffer bounce = BOUNCE.get().clear();
        bounce.limit(Math.min(bounce.capacity(), dst.remaining()));
        int count = readDirect(offset, bounce);
        dst.put(bounce.flip());
        return count;
    }

    private int writeDirect(long offset, ByteBuffer src) throws PoolException {
        long count;
        do {
            count = Libc.calls().pwrite(fd, src, src.remaining(), offset);
        } while (count < 0 && Libc.errno() == Libc.EINTR);
        if (count <= 0) {
            int errno = count < 0 ? Libc.errno() : 0;
            throw Libc.failure("write " + src.remaining() + " bytes at " + offset + " of", path, errno);
        }
        src.position(src.position() + (int) count);
        return (int) count;
    }

    private int writeBounced(long offset, ByteBuffer src) throws PoolException {
        ByteBuffer bounce = BOUNCE.get().clear();
        int length = Math.min(bounce.capacity(), src.remaining());
        bounce.put(0, src, src.position(), length);
        int count = writeDirect(offset, bounce.limit(length));
        src.position(src.position() + count);
        return count;
    }

    private void writeZeros(long offset, long lengthBytes) throws PoolException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(BOUNCE_BYTES);
        long end = offset + lengthBytes;
        for (long at = offset; at < end; ) {
            at += writeDirect(at, zeros.clear().limit((int) Math.min(BOUNCE_BYTES, end - at)));
        }
    }

    private void run(String what, Call call) throws PoolException {
        acquire();
        try {
            if (retried(call) != 0) {
                throw Libc.failure(what, path, Libc.errno());
            }
        } finally {
            release();
        }
    }

    private static int retried(Call call) {
        int result;
        do {
            result = call.run();
        } while (result != 0 && Libc.errno() == Libc.EINTR);
        return result;
    }

    private void acquire() throws PoolException {
        int now = users.get();
        while (!closed.get() && now > 0) {
            if (users.compareAndSet(now, now + 1)) {
                return;
            }
            now = users.get();
        }
        throw new PoolException(Reason.CLOSED, "file " + path + " is closed");
    }

    private void release() {
        if (users.decrementAndGet() == 0) {
            // An error here says nothing that sync() did not say to those who need to know.
            Libc.calls().close(fd);
        }
    }

    @FunctionalInterface
    private interface Call {
        int run();
    }
}
