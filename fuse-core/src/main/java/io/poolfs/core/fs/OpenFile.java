package io.poolfs.core.fs;

import io.poolfs.core.cache.Image;
import io.poolfs.core.fetch.Fetcher;

/**
 * An open regular file: its image, held for as long as the handle lives, and its own read-ahead.
 *
 * @param handle the number the front end knows it by
 * @param writable opened for writing
 */
record OpenFile(long handle, Image image, Fetcher.Stream stream, boolean writable) {
    long inode() {
        return image.inode();
    }
}
