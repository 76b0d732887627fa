package io.poolfs.it.cloud;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.pool.Pool;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Files of an opened pool, in its root directory, as a program uses them. Contents follow from names. */
final class PoolFiles {
    static final int BYTES = 64 << 10;
    private static final PoolFileSystem.Caller CALLER = new PoolFileSystem.Caller(0, 0);
    private static final int PERMISSIONS = 0644;

    private final Pool pool;

    PoolFiles(Pool pool) {
        this.pool = pool;
    }

    /** Creates and closes a file; with {@code sync} returns when it is on the remotes. */
    void write(String name, boolean sync) throws PoolException {
        PoolFileSystem files = pool.fileSystem();
        long handle = files.create(null, CALLER, Inode.ROOT, FileName.of(name), PERMISSIONS, true)
                .handle();
        try {
            files.write(handle, 0, ByteBuffer.wrap(content(name)));
            files.flush(handle);
            if (sync) {
                files.sync(handle);
            }
        } finally {
            files.release(handle);
        }
    }

    /** Reads a whole file; whether its content is what was written. */
    boolean isWhole(String name) throws PoolException {
        PoolFileSystem files = pool.fileSystem();
        long handle = files.open(null, inode(name), false, false).handle();
        try {
            ByteBuffer read = ByteBuffer.allocate(BYTES + 1);
            int count;
            do {
                count = files.read(handle, read.position(), read);
            } while (count > 0 && read.hasRemaining());
            return Arrays.equals(Arrays.copyOf(read.array(), read.position()), content(name));
        } finally {
            files.release(handle);
        }
    }

    void makeDirectory(String name) throws PoolException {
        pool.fileSystem().makeDirectory(null, CALLER, Inode.ROOT, FileName.of(name), 0755);
    }

    void syncNamespace() throws PoolException {
        pool.fileSystem().syncDirectory(Inode.ROOT);
    }

    void delete(String name) throws PoolException {
        pool.fileSystem().unlink(null, Inode.ROOT, FileName.of(name));
    }

    long inode(String name) throws PoolException {
        return pool.fileSystem().lookup(Inode.ROOT, FileName.of(name)).number();
    }

    private static byte[] content(String name) {
        byte[] content = new byte[BYTES];
        new Random(name.hashCode()).nextBytes(content);
        return content;
    }
}
