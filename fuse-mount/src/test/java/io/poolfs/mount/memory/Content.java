package io.poolfs.mount.memory;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a regular file. The size is kept by the inode: what is never written reads as zeros. */
public interface Content extends AutoCloseable {
    /** Fills {@code dst}. */
    void read(long offset, ByteBuffer dst) throws IOException;

    void write(long offset, ByteBuffer src) throws IOException;

    /** The range reads as zeros from now on. */
    void clear(long from, long to) throws IOException;

    @Override
    void close() throws IOException;

    /** Makes the content of new files. */
    interface Factory {
        Content newContent();
    }
}
