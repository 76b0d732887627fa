package io.poolfs.core.local;

import io.poolfs.core.local.SimFiles.Operation;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** An open file of {@link SimFiles}. A write may be cut in two by the death of the process, between two blocks. */
final class SimFile implements LocalFile {
    private final SimFiles files;
    private final Path path;
    private final SimNode.Regular node;
    private final boolean readOnly;
    private boolean closed;

    SimFile(SimFiles files, Path path, SimNode.Regular node, boolean readOnly) {
        this.files = files;
        this.path = path;
        this.node = node;
        this.readOnly = readOnly;
    }

    SimNode.Regular node() {
        return node;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public int read(long offset, ByteBuffer dst) throws PoolException {
        files.step(Operation.READ, path);
        synchronized (files) {
            checkOpen();
            return node.content().read(offset, dst);
        }
    }

    @Override
    public void write(long offset, ByteBuffer src) throws PoolException {
        files.step(Operation.WRITE, path);
        int firstPart = files.cutOfWrite(offset, src.remaining());
        if (firstPart > 0) {
            put(offset, src, firstPart);
            files.step(Operation.WRITE, path);
            put(offset + firstPart, src, src.remaining());
        } else {
            put(offset, src, src.remaining());
        }
    }

    @Override
    public long sizeBytes() throws PoolException {
        files.step(Operation.STAT, path);
        synchronized (files) {
            checkOpen();
            return node.content().sizeBytes();
        }
    }

    @Override
    public void truncate(long sizeBytes) throws PoolException {
        change(Operation.TRUNCATE, new SimNode.Truncate(sizeBytes));
    }

    @Override
    public void punch(long offset, long lengthBytes) throws PoolException {
        if (lengthBytes > 0) {
            change(Operation.PUNCH, new SimNode.Punch(offset, lengthBytes));
        }
    }

    @Override
    public void sync() throws PoolException {
        try {
            files.step(Operation.SYNC, path);
        } catch (PoolException e) {
            synchronized (files) {
                node.failSync();
            }
            throw e;
        }
        synchronized (files) {
            checkOpen();
            node.sync();
        }
    }

    @Override
    public long allocatedBytes() throws PoolException {
        files.step(Operation.STAT, path);
        synchronized (files) {
            checkOpen();
            return node.content().allocatedBytes();
        }
    }

    @Override
    public void close() {
        synchronized (files) {
            if (!closed) {
                closed = true;
                node.closed();
                files.forget(this);
            }
        }
    }

    /** The process that had it open is dead. */
    void die() {
        closed = true;
        node.closeAll();
    }

    private void put(long offset, ByteBuffer src, int length) throws PoolException {
        synchronized (files) {
            checkWritable();
            int fits = length;
            long missing = length == 0 ? 0 : node.content().missingBytes(offset, length);
            if (missing > node.mount().freeBytes()) {
                fits = fitting(offset, length);
            }
            byte[] bytes = new byte[fits];
            src.get(bytes);
            if (fits > 0) {
                node.change(new SimNode.Write(offset, bytes));
            }
            if (fits < length) {
                throw new PoolException(Reason.NO_SPACE, "write " + length + " bytes at " + offset + " of " + path);
            }
        }
    }

    /** How many bytes from the offset on can be written before the mount is full. */
    private int fitting(long offset, int length) {
        int fits = 0;
        while (fits < length) {
            int part = (int) Math.min(length - fits, SimContent.BLOCK_BYTES - (offset + fits) % SimContent.BLOCK_BYTES);
            if (node.content().missingBytes(offset, fits + part) > node.mount().freeBytes()) {
                return fits;
            }
            fits += part;
        }
        return fits;
    }

    private void change(Operation operation, SimNode.Change change) throws PoolException {
        files.step(operation, path);
        synchronized (files) {
            checkWritable();
            node.change(change);
        }
    }

    private void checkWritable() throws PoolException {
        checkOpen();
        if (readOnly) {
            throw new PoolException(Reason.LOCAL_IO, path + " is open for reading only");
        }
    }

    private void checkOpen() throws PoolException {
        if (closed) {
            throw new PoolException(Reason.CLOSED, "file " + path + " is closed");
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
