package io.poolfs.core.local;

import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** An open local file with positional I/O. All methods may be called from several threads at once. */
public interface LocalFile extends AutoCloseable {
    Path path();

    /** Reads until {@code dst} is full or the file ends; returns the count, 0 at or behind the end. */
    int read(long offset, ByteBuffer dst) throws PoolException;

    /** Writes all of {@code src}. NO_SPACE when the disk or tmpfs is full (a part may have been written). */
    void write(long offset, ByteBuffer src) throws PoolException;

    long sizeBytes() throws PoolException;

    void truncate(long sizeBytes) throws PoolException;

    /** Gives the blocks inside the range back; the range reads as zeros, the size stays. */
    void punch(long offset, long lengthBytes) throws PoolException;

    /** Everything written so far survives a power loss when this returns. */
    void sync() throws PoolException;

    /** Where at or behind the offset there may be anything but zeros; the offset itself when the system cannot tell. */
    default long nextData(long offset) throws PoolException {
        return offset;
    }

    /**
     * Whether there is another open file or mapping of it, of any program; true also when the system cannot tell. For a
     * file that is open for writing.
     */
    default boolean isOpenElsewhere() throws PoolException {
        return true;
    }

    /** Bytes that the file occupies, at most its size rounded up; what a hole does not take. */
    long allocatedBytes() throws PoolException;

    @Override
    void close() throws PoolException;
}
