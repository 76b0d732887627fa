package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which entry of the configuration is which remote: no two may be one. Shared by a pool's remotes; any thread. */
public final class RemoteIds {
    private final ConcurrentHashMap<RemoteId, String> names = new ConcurrentHashMap<>();
    private volatile @Nullable PoolException twins;

    /** CONFIG when another entry is this remote: its chunks would be counted twice and deleted under each other. */
    void claim(RemoteId id, String name) throws PoolException {
        String other = names.putIfAbsent(id, name);
        if (other != null && !other.equals(name)) {
            PoolException same = new PoolException(
                    Reason.CONFIG, other + " and " + name + " are one and the same remote, " + id + ": keep one entry");
            twins = same;
            throw same;
        }
    }

    /** CONFIG when two entries turned out to be one remote: only a person can say which is meant. */
    public void requireDistinct() throws PoolException {
        PoolException found = twins;
        if (found != null) {
            throw found;
        }
    }

    void release(RemoteId id, String name) {
        names.remove(id, name);
    }
}
