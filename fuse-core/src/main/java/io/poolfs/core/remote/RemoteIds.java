package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.concurrent.ConcurrentHashMap;

/** Which entry of the configuration is which remote: no two may be one. Shared by a pool's remotes; any thread. */
public final class RemoteIds {
    private final ConcurrentHashMap<RemoteId, String> names = new ConcurrentHashMap<>();

    /** CONFIG when another entry is this remote: its chunks would be counted twice and deleted under each other. */
    void claim(RemoteId id, String name) throws PoolException {
        String other = names.putIfAbsent(id, name);
        if (other != null && !other.equals(name)) {
            throw new PoolException(
                    Reason.CONFIG, other + " and " + name + " are one and the same remote, " + id + ": keep one entry");
        }
    }

    void release(RemoteId id, String name) {
        names.remove(id, name);
    }
}
