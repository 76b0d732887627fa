package io.poolfs.core.fs;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Open handles by number. Numbers are never used twice. Usable from any thread. */
final class HandleTable<T> {
    private final Map<Long, T> open = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    long nextNumber() {
        return last.incrementAndGet();
    }

    void put(long handle, T file) {
        open.put(handle, file);
    }

    T require(long handle) throws PoolException {
        T file = open.get(handle);
        if (file == null) {
            throw new PoolException(Reason.BAD_HANDLE, "handle " + handle + " is not open");
        }
        return file;
    }

    /** Null when it is not open. */
    @Nullable
    T remove(long handle) {
        return open.remove(handle);
    }

    Iterable<T> all() {
        return open.values();
    }

    int size() {
        return open.size();
    }
}
