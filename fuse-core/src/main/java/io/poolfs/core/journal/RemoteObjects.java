package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Small objects of a remote as a whole. */
final class RemoteObjects {
    private RemoteObjects() {}

    /** The bytes of the object; OBJECT_NOT_FOUND, or CORRUPT when it is larger than any honest one. */
    static byte[] read(RemoteStore store, String object, int maxBytes) throws PoolException {
        OptionalLong size = store.size(object);
        if (size.isEmpty()) {
            throw new PoolException(Reason.OBJECT_NOT_FOUND, store.name() + " has no " + object);
        }
        return read(store, object, size.getAsLong(), maxBytes);
    }

    static byte[] read(RemoteStore store, String object, long sizeBytes, int maxBytes) throws PoolException {
        if (sizeBytes > maxBytes) {
            throw new PoolException(
                    Reason.CORRUPT,
                    object + " on " + store.name() + " has " + sizeBytes + " bytes; at most " + maxBytes);
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) sizeBytes);
        store.getRange(object, 0, bytes);
        return bytes.array();
    }

    /** Object and remote, for messages. */
    static String where(RemoteStore store, String object) {
        return object + " on " + store.name();
    }
}
