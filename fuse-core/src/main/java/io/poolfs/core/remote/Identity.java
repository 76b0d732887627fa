package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which remote a store is: {@code remote.json} and {@code pool.json} below the manifest prefix. Works on a bare store,
 * before it may be used as a remote of the pool.
 */
public final class Identity {
    private static final int MAX_MARKER_BYTES = 64 << 10;

    private final RemoteStore store;
    private final RemoteOrigin origin;
    private final String remoteObject;
    private final String poolObject;

    public Identity(RemoteStore store, RemoteOrigin origin, String manifestPrefix) {
        this.store = store;
        this.origin = origin;
        this.remoteObject = manifestPrefix + "/remote.json";
        this.poolObject = manifestPrefix + "/pool.json";
    }

    /** The marker; empty when there is none. CONFIG when the store only looks empty. */
    public Optional<RemoteMarker> read() throws PoolException {
        Optional<byte[]> content = content(remoteObject);
        if (content.isEmpty()) {
            origin.checkReallyEmpty();
            return Optional.empty();
        }
        return Optional.of(RemoteMarker.parse(content.get()));
    }

    /** The pool's marker; empty when there is none. */
    public Optional<PoolMarker> readPool() throws PoolException {
        Optional<byte[]> content = content(poolObject);
        return content.isEmpty() ? Optional.empty() : Optional.of(PoolMarker.parse(content.get()));
    }

    /**
     * Makes the store a remote of the pool. EXISTS when it is one of some pool already, CONFIG when it holds what
     * cannot be decrypted.
     *
     * @param scratch a local directory for the files on their way
     */
    public void write(PoolMarker pool, RemoteId id, Path scratch) throws PoolException {
        // First, since a store whose own folder does not exist yet cannot be asked for objects.
        store.makeFolder(remoteObject.substring(0, remoteObject.lastIndexOf('/')));
        Optional<RemoteMarker> present = read();
        if (present.isPresent()) {
            throw new PoolException(
                    Reason.EXISTS,
                    store.name() + " is remote " + present.get().remote() + " of pool "
                            + present.get().pool() + " already");
        }
        put(poolObject, pool.toBytes(), scratch);
        put(remoteObject, new RemoteMarker(pool.pool(), id).toBytes(), scratch);
    }

    /**
     * The id of this remote, when it is the one we expect.
     *
     * @param pool whose remote it must be, null for any
     * @param known the id it must have, null for any
     * @throws PoolException CONFIG when it is of another pool or cannot be decrypted, REMOTE_MISSING when it is not
     *     that remote for another reason; other reasons when it cannot be told
     */
    RemoteMarker check(@Nullable PoolId pool, @Nullable RemoteId known) throws PoolException {
        origin.bind();
        Optional<RemoteMarker> found;
        try {
            found = read();
        } catch (PoolException e) {
            if (e.reason() == Reason.CORRUPT) {
                throw new PoolException(
                        Reason.REMOTE_MISSING,
                        store.name() + ": its " + remoteObject + " cannot be read: " + e.getMessage(),
                        e);
            }
            throw e;
        }
        if (found.isEmpty()) {
            throw new PoolException(Reason.REMOTE_MISSING, store.name() + " has no " + remoteObject);
        }
        RemoteMarker marker = found.get();
        if (pool != null && !pool.equals(marker.pool())) {
            throw new PoolException(
                    Reason.CONFIG, store.name() + " belongs to pool " + marker.pool() + ", not to " + pool);
        }
        if (known != null && !known.equals(marker.remote())) {
            throw new PoolException(
                    Reason.REMOTE_MISSING, store.name() + " is remote " + marker.remote() + ", not " + known);
        }
        return marker;
    }

    private Optional<byte[]> content(String object) throws PoolException {
        OptionalLong size = store.size(object);
        if (size.isEmpty()) {
            return Optional.empty();
        }
        if (size.getAsLong() > MAX_MARKER_BYTES) {
            throw new PoolException(
                    Reason.CORRUPT, store.name() + ": " + object + " has " + size.getAsLong() + " bytes");
        }
        ByteBuffer content = ByteBuffer.allocate((int) size.getAsLong());
        store.getRange(object, 0, content);
        return Optional.of(content.array());
    }

    private void put(String object, byte[] content, Path scratch) throws PoolException {
        Path file = null;
        try {
            file = Files.createTempFile(scratch, "marker", ".json");
            Files.write(file, content);
            store.put(object, file, content.length);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, scratch + ": " + e, e);
        } finally {
            delete(file);
        }
    }

    private static void delete(@Nullable Path file) throws PoolException {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, file + ": " + e, e);
        }
    }
}
