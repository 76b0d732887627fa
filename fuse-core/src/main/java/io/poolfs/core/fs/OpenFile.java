package io.poolfs.core.fs;

import io.poolfs.core.cache.Image;
import io.poolfs.core.fetch.Fetcher;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An open regular file: its image, held for as long as the handle lives, and its own read-ahead.
 *
 * @param handle the number the front end knows it by
 * @param writable opened for writing
 * @param readAtNanos when it was read last, on the monotonic clock; {@link Long#MIN_VALUE}: never
 */
record OpenFile(long handle, Image image, Fetcher.Stream stream, boolean writable, AtomicLong readAtNanos) {
    OpenFile(long handle, Image image, Fetcher.Stream stream, boolean writable) {
        this(handle, image, stream, writable, new AtomicLong(Long.MIN_VALUE));
    }

    long inode() {
        return image.inode();
    }
}
