package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;

/** Brings absent content from the remotes into images. Usable from any thread. */
public interface Fetcher extends AutoCloseable {
    /** One reader of one open file: its read-ahead window. Used by one read at a time or several; closing cancels. */
    interface Stream extends AutoCloseable {
        /** Reads until dst is full or the file ends, fetching what is absent; returns the count. */
        int read(long offset, ByteBuffer dst) throws PoolException;

        @Override
        void close();
    }

    Stream open(Image image);

    /** Makes the range present, without read-ahead (the edges of a write). */
    void fetch(Image image, long offset, long lengthBytes) throws PoolException;

    @Override
    void close();
}
