package io.poolfs.core.meta;

import io.poolfs.core.time.Scheduler;

class MemoryStoreTest extends KeyValueStoreContract {
    @Override
    KeyValueStore open(Scheduler scheduler) {
        return new MemoryStore(scheduler);
    }
}
