package io.poolfs.mount;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RequestId;
import io.poolfs.mount.memory.MemoryFileSystem;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts what reaches it, and fails or waits when told to. */
final class WatchedFileSystem extends MemoryFileSystem {
    interface Disturbance {
        void happen() throws PoolException;
    }

    private final AtomicInteger lookups = new AtomicInteger();
    private final AtomicInteger attributeReads = new AtomicInteger();
    private final AtomicInteger opens = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger shared = new AtomicInteger();
    private final AtomicInteger largestRead = new AtomicInteger();
    private final AtomicInteger largestWrite = new AtomicInteger();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private volatile long remoteSize = -1;
    private volatile Disturbance beforeRead = () -> {};
    private volatile Disturbance beforeWrite = () -> {};

    void beforeRead(Disturbance disturbance) {
        beforeRead = disturbance;
    }

    void beforeWrite(Disturbance disturbance) {
        beforeWrite = disturbance;
    }

    int lookups() {
        return lookups.get();
    }

    int attributeReads() {
        return attributeReads.get();
    }

    int opens() {
        return opens.get();
    }

    int reads() {
        return reads.get();
    }

    int writes() {
        return writes.get();
    }

    /** Bytes that were copied without being read and written. */
    int shared() {
        return shared.get();
    }

    int largestRead() {
        return largestRead.get();
    }

    int largestWrite() {
        return largestWrite.get();
    }

    /** Names of the threads that have come to look something up. */
    Set<String> threads() {
        return threads;
    }

    @Override
    public Inode lookup(long parent, FileName name) throws PoolException {
        lookups.incrementAndGet();
        threads.add(Thread.currentThread().getName());
        return super.lookup(parent, name);
    }

    @Override
    public Inode attributes(long inode) throws PoolException {
        attributeReads.incrementAndGet();
        return super.attributes(inode);
    }

    @Override
    public Opened open(@Nullable RequestId request, long inode, boolean writable, boolean truncate)
            throws PoolException {
        opens.incrementAndGet();
        return super.open(request, inode, writable, truncate);
    }

    @Override
    public int read(long handle, long offset, ByteBuffer dst) throws PoolException {
        reads.incrementAndGet();
        largestRead.accumulateAndGet(dst.remaining(), Math::max);
        if (remoteSize < 0 || isRemote(handle)) {
            beforeRead.happen();
        }
        return super.read(handle, offset, dst);
    }

    /** The files of this size have their bytes on a remote. */
    void remoteSize(long sizeBytes) {
        remoteSize = sizeBytes;
    }

    @Override
    public boolean isLocal(long handle, long offset, int lengthBytes, boolean write) throws PoolException {
        return super.isLocal(handle, offset, lengthBytes, write) && !isRemote(handle);
    }

    private boolean isRemote(long handle) throws PoolException {
        return remoteSize >= 0 && sizeOf(handle) == remoteSize;
    }

    @Override
    public void write(long handle, long offset, ByteBuffer src) throws PoolException {
        writes.incrementAndGet();
        largestWrite.accumulateAndGet(src.remaining(), Math::max);
        beforeWrite.happen();
        super.write(handle, offset, src);
    }

    @Override
    public long share(long source, long sourceOffset, long target, long targetOffset, long lengthBytes)
            throws PoolException {
        long count = super.share(source, sourceOffset, target, targetOffset, lengthBytes);
        shared.addAndGet((int) count);
        return count;
    }
}
