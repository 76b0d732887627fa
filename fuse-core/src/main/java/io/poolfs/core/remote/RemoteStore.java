package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * A remote as a store of named, immutable objects. Names are relative paths with {@code /}. Usable from any thread;
 * every call ends within the remote's timeout.
 *
 * <p>Errors: REMOTE_UNAVAILABLE, REMOTE_FULL, REMOTE_THROTTLED, REMOTE_DENIED, REMOTE_MISSING, OBJECT_NOT_FOUND,
 * CORRUPT (wrong length, failed authentication), TIMEOUT, CLOSED; LOCAL_IO for the local side. OBJECT_NOT_FOUND is said
 * only when the remote answered so.
 */
public interface RemoteStore extends AutoCloseable {
    /** The name in messages, as in the configuration. */
    String name();

    /**
     * Stores a local file as an object. Returns when the remote acknowledged it: it is seen there afterwards with
     * exactly this size. Repeating it with the same content is harmless.
     */
    void put(String object, Path source, long sizeBytes) throws PoolException;

    /** Fills {@code dst} from the object's bytes at the offset. A shorter answer is CORRUPT, never a short read. */
    void getRange(String object, long offset, ByteBuffer dst) throws PoolException;

    /** Many parts of objects will be read: what makes that quick may be got ready in the background. */
    default void prepareReads() {}

    /** A part of this object may be read soon: what a first read has to look up may be looked up in the background. */
    default void expect(String object) {}

    /** Deletes an object; an absent one is no error. */
    void delete(String object) throws PoolException;

    /** The objects directly in the folder and the names of its subfolders; an absent folder is empty. */
    List<Entry> list(String folder) throws PoolException;

    /** The size of the object, empty when the remote says that it has none of this name. */
    OptionalLong size(String object) throws PoolException;

    /** Makes folders ahead of their use, where the backend has folders. */
    void makeFolder(String folder) throws PoolException;

    /** What the backend tells of its room. */
    Room about() throws PoolException;

    /**
     * The same store for calls that must end at a deadline on the monotonic clock, where that is before the remote's own
     * timeout; a store that cannot do so returns itself. Closing it is closing the store.
     */
    default RemoteStore until(long deadlineNanos) {
        return this;
    }

    /**
     * The same store for reads that may become needless while they run: asked between two pieces of a body, which is
     * then broken off with CANCELLED. A store that cannot do so returns itself. Closing it is closing the store.
     */
    default RemoteStore whileWanted(BooleanSupplier wanted) {
        return this;
    }

    @Override
    void close();

    /**
     * An entry of a listing.
     *
     * @param name the last component
     * @param sizeBytes of an object; -1 for a folder
     */
    record Entry(String name, long sizeBytes) {
        public boolean isFolder() {
            return sizeBytes < 0;
        }
    }

    /** What a backend says of its room; parts that it does not know are empty. */
    record Room(OptionalLong totalBytes, OptionalLong usedBytes, OptionalLong freeBytes) {
        public static final Room UNKNOWN = new Room(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }
}
