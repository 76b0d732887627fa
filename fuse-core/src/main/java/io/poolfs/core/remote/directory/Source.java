package io.poolfs.core.remote.directory;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The local file that is to become an object. Remembers its own failures: they are no fault of the remote. */
final class Source {
    private final LocalFiles files;
    private final Path path;
    private final long sizeBytes;
    private volatile @Nullable PoolException failure;

    Source(LocalFiles files, Path path, long sizeBytes) {
        this.files = files;
        this.path = path;
        this.sizeBytes = sizeBytes;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** LOCAL_IO; null when nothing failed here. */
    @Nullable
    PoolException failure() {
        return failure;
    }

    LocalFile open() throws PoolException {
        LocalFile file;
        long size;
        try {
            file = files.open(path, LocalFiles.Mode.READ);
            size = file.sizeBytes();
        } catch (PoolException e) {
            throw failed(path + ": " + e.getMessage(), e);
        }
        if (size != sizeBytes) {
            file.close();
            throw failed(path + " has " + size + " bytes, expected " + sizeBytes, null);
        }
        return file;
    }

    /** Reads some bytes from the opened file, at least one. */
    int read(LocalFile file, long offset, ByteBuffer dst) throws PoolException {
        int count;
        try {
            count = file.read(offset, dst);
        } catch (PoolException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
        if (count == 0) {
            throw failed(path + " ends at byte " + offset + " of " + sizeBytes, null);
        }
        return count;
    }

    private PoolException failed(String message, @Nullable PoolException cause) {
        PoolException said = new PoolException(Reason.LOCAL_IO, message, cause);
        failure = said;
        return said;
    }
}
