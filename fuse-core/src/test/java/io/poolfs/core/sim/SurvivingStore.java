package io.poolfs.core.sim;

import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Scheduler;

/** A store in memory that behaves as one on disk does when its process ends: what was committed is there again. */
final class SurvivingStore implements KeyValueStore {
    private final MemoryStore store;

    SurvivingStore(Scheduler scheduler) {
        store = new MemoryStore(scheduler);
    }

    @Override
    public <T> T read(ReadWork<T> work) throws PoolException {
        return store.read(work);
    }

    @Override
    public <T> T write(WriteWork<T> work, CommitHook beforeCommit) throws PoolException {
        return store.write(work, beforeCommit);
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
}
