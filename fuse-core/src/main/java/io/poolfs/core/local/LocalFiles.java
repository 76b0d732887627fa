package io.poolfs.core.local;

import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The port to local files for journal, images, sealed chunks and spill. Usable from any thread.
 *
 * <p>Directories are made 0700, files 0600. Errors: NOT_FOUND, EXISTS, NO_SPACE, READ_ONLY, ACCESS_DENIED, else
 * LOCAL_IO; the message names the path. The simulated one can crash, lose what was not synced, and run full.
 */
public interface LocalFiles {
    enum Mode {
        /** Must exist; reading only. */
        READ,
        /** Must exist. */
        READ_WRITE,
        /** Made when absent. */
        CREATE,
        /** Must not exist. */
        CREATE_NEW
    }

    LocalFile open(Path path, Mode mode) throws PoolException;

    /** Makes the directory and its parents, 0700, owned by us; an existing one that others own or may enter is refused. */
    void createPrivateDirectory(Path directory) throws PoolException;

    /** The whole content. RESULT_TOO_LARGE above {@code maxBytes}. */
    byte[] readAll(Path path, int maxBytes) throws PoolException;

    /** Replaces the file as a whole, durably: temporary name, sync, rename, sync of the directory. */
    void writeAtomically(Path path, byte[] content) throws PoolException;

    boolean exists(Path path) throws PoolException;

    long sizeBytes(Path path) throws PoolException;

    /** What the name stands for, null when for nothing. A link is not followed, except by a path that ends in {@code .}. */
    @Nullable
    Stat stat(Path path) throws PoolException;

    /** Makes one directory; nothing happens when it is there. NOT_FOUND when its parent is not. */
    void makeDirectory(Path directory) throws PoolException;

    /** Renames over an existing file. Durable after {@link #syncDirectory}. */
    void rename(Path from, Path to) throws PoolException;

    /** Deletes a file or an empty directory; nothing happens when it is absent. */
    void delete(Path path) throws PoolException;

    /** Deletes a directory with all that is in it; nothing happens when it is absent. */
    void deleteTree(Path directory) throws PoolException;

    /** Names of the entries, sorted; empty when the directory is absent. */
    List<String> list(Path directory) throws PoolException;

    void syncDirectory(Path directory) throws PoolException;

    Space space(Path path) throws PoolException;

    /**
     * Takes a lock that ends with this process at the latest; the file is made when absent and stays. BUSY when someone
     * else has it. Where there are no other processes, nobody is kept out.
     */
    default LocalLock lock(Path path) throws PoolException {
        LocalFile file = open(path, Mode.CREATE);
        return file::close;
    }

    /** A lock that is held until it is closed. */
    @FunctionalInterface
    interface LocalLock extends AutoCloseable {
        @Override
        void close() throws PoolException;
    }

    /**
     * What a name stands for; neither file nor directory: something else, a link for one.
     *
     * @param device number of the file system that holds it
     */
    record Stat(boolean isDirectory, boolean isFile, long sizeBytes, long device) {}

    /**
     * Room on the file system that holds a path.
     *
     * @param totalBytes its size
     * @param availableBytes what we may still write
     * @param inMemory true for tmpfs: a power loss takes everything
     */
    record Space(long totalBytes, long availableBytes, boolean inMemory) {}
}
