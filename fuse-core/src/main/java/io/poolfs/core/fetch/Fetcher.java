package io.poolfs.core.fetch;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
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

    /** Makes the range present, zeros too, without read-ahead. */
    void fetch(Image image, long offset, long lengthBytes) throws PoolException;

    /** The first offset at or behind this one that holds data; the size when there is none. Fetches nothing. */
    long nextData(Image image, long offset) throws PoolException;

    /** The first offset at or behind this one that lies in a hole; the size when there is none. Fetches nothing. */
    long nextHole(Image image, long offset) throws PoolException;

    /** Writes into the image, fetching the edges that the write covers in part: {@link Image#write} for callers. */
    default void write(Image image, long offset, ByteBuffer src, long nowNanos, long deadlineNanos)
            throws PoolException {
        long end = offset + src.remaining();
        while (true) {
            long at = end - src.remaining();
            for (ByteRange edge : image.edges(at, src.remaining())) {
                fetch(image, edge.offset(), edge.lengthBytes());
            }
            try {
                image.write(at, src, nowNanos, deadlineNanos);
                return;
            } catch (PoolException e) {
                if (e.reason() != Reason.STALE) {
                    throw e;
                }
            }
        }
    }

    @Override
    void close();
}
