package io.poolfs.mount.memory;

import io.poolfs.core.fs.PoolFileSystem.Allocation;
import io.poolfs.core.fs.PoolFileSystem.Seek;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The open files and what is done through them. */
final class OpenFiles {
    private static final long MAX_FILE_BYTES = 1L << 46;

    private static final int PAGE_BYTES = 4096;
    private static final long MAX_SHARED_BYTES = 1 << 20;

    private record OpenFile(Node node, boolean writable) {}

    private interface Work {
        void run() throws IOException;
    }

    private final Map<Long, OpenFile> files = new ConcurrentHashMap<>();
    private final AtomicLong nextHandle = new AtomicLong(1);
    private final Consumer<Node> released;

    OpenFiles(Consumer<Node> released) {
        this.released = released;
    }

    long add(Node node, boolean writable) {
        long handle = nextHandle.getAndIncrement();
        files.put(handle, new OpenFile(node, writable));
        return handle;
    }

    void remove(long handle) {
        OpenFile file = files.remove(handle);
        if (file != null) {
            released.accept(file.node);
        }
    }

    int count() {
        return files.size();
    }

    Node node(long handle) throws PoolException {
        return file(handle).node;
    }

    int read(long handle, long offset, ByteBuffer dst) throws PoolException {
        Node node = node(handle);
        checkRange(offset, dst.remaining());
        int count = (int) Math.max(0, Math.min(dst.remaining(), node.sizeBytes - offset));
        dst.limit(dst.position() + count);
        doing(() -> node.content.read(offset, dst));
        return count;
    }

    void write(long handle, long offset, ByteBuffer src) throws PoolException {
        Node node = writable(handle);
        checkRange(offset, src.remaining());
        long end = offset + src.remaining();
        synchronized (node.contentLock) {
            doing(() -> node.content.write(offset, src));
            node.sizeBytes = Math.max(node.sizeBytes, end);
            node.modified(MemoryFileSystem.now());
        }
    }

    void allocate(long handle, Allocation allocation, long offset, long lengthBytes) throws PoolException {
        Node node = writable(handle);
        checkRange(offset, lengthBytes);
        long end = offset + lengthBytes;
        synchronized (node.contentLock) {
            switch (allocation) {
                case KEEP_SIZE -> {}
                case EXTEND -> node.sizeBytes = Math.max(node.sizeBytes, end);
                case PUNCH_HOLE, ZERO_RANGE_KEEP_SIZE -> doing(() -> node.content.clear(offset, end));
                case ZERO_RANGE -> {
                    doing(() -> node.content.clear(offset, end));
                    node.sizeBytes = Math.max(node.sizeBytes, end);
                }
            }
            node.modified(MemoryFileSystem.now());
        }
    }

    /** Whole pages of zeros are holes. */
    long seek(long handle, Seek what, long offset) throws PoolException {
        Node node = node(handle);
        if (offset < 0 || offset >= node.sizeBytes) {
            throw new PoolException(Reason.NO_DATA, "offset " + offset + " of " + node.sizeBytes);
        }
        for (long at = offset; at < node.sizeBytes; at = at - at % PAGE_BYTES + PAGE_BYTES) {
            if (isHole(node, at - at % PAGE_BYTES) == (what == Seek.HOLE)) {
                return at;
            }
        }
        if (what == Seek.HOLE) {
            return node.sizeBytes;
        }
        throw new PoolException(Reason.NO_DATA, "no data behind " + offset);
    }

    private static boolean isHole(Node node, long offset) throws PoolException {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        doing(() -> node.content.read(offset, page));
        for (byte each : page.array()) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    /** Refuses what does not begin with a page, as a file system does that shares whole blocks. */
    long share(long source, long sourceOffset, long target, long targetOffset, long lengthBytes) throws PoolException {
        if (targetOffset % PAGE_BYTES != 0) {
            throw new PoolException(Reason.UNSUPPORTED, "offset " + targetOffset);
        }
        long left = node(source).sizeBytes - sourceOffset;
        ByteBuffer bytes =
                ByteBuffer.allocate((int) Math.max(0, Math.min(MAX_SHARED_BYTES, Math.min(left, lengthBytes))));
        read(source, sourceOffset, bytes);
        int count = bytes.flip().remaining();
        write(target, targetOffset, bytes);
        return count;
    }

    void resize(Node node, long sizeBytes) throws PoolException {
        checkRange(0, sizeBytes);
        synchronized (node.contentLock) {
            if (sizeBytes < node.sizeBytes) {
                doing(() -> node.content.clear(sizeBytes, Long.MAX_VALUE));
            }
            node.sizeBytes = sizeBytes;
            node.modified(MemoryFileSystem.now());
        }
    }

    void discard(Node node) {
        try {
            node.content.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void checkRange(long offset, long lengthBytes) throws PoolException {
        if (offset < 0 || lengthBytes < 0) {
            throw new PoolException(Reason.INVALID, "range " + offset + "+" + lengthBytes);
        }
        if (offset > MAX_FILE_BYTES - lengthBytes) {
            throw new PoolException(Reason.TOO_LARGE, "range " + offset + "+" + lengthBytes);
        }
    }

    private Node writable(long handle) throws PoolException {
        OpenFile file = file(handle);
        if (!file.writable) {
            throw new PoolException(Reason.BAD_HANDLE, "handle " + handle + " is read-only");
        }
        return file.node;
    }

    private OpenFile file(long handle) throws PoolException {
        OpenFile file = files.get(handle);
        if (file == null) {
            throw new PoolException(Reason.BAD_HANDLE, "handle " + handle);
        }
        return file;
    }

    private static void doing(Work work) throws PoolException {
        try {
            work.run();
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "content: " + e.getMessage(), e);
        }
    }
}
