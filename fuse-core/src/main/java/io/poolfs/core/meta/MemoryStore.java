package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import org.jspecify.annotations.Nullable;

/** A key-value store that lives in memory and is gone with the process: for tests, simulation and reading a pool once. */
public final class MemoryStore implements KeyValueStore {
    private final Monitor writing;
    private volatile @Nullable PersistentMap committed = PersistentMap.EMPTY;

    public MemoryStore(Scheduler scheduler) {
        this.writing = scheduler.newMonitor("memory store writer");
    }

    @Override
    public <T> T read(ReadWork<T> work) throws PoolException {
        return work.run(new Draft(open()));
    }

    @Override
    public <T> T write(WriteWork<T> work, CommitHook beforeCommit) throws PoolException {
        try (Monitor.Hold hold = writing.enter()) {
            Draft draft = new Draft(open());
            T result = work.run(draft);
            beforeCommit.prepare();
            committed = draft.map;
            return result;
        }
    }

    @Override
    public void sync() {}

    @Override
    public void close() {
        try (Monitor.Hold hold = writing.enter()) {
            committed = null;
        }
    }

    private PersistentMap open() throws PoolException {
        PersistentMap map = committed;
        if (map == null) {
            throw new PoolException(Reason.CLOSED, "the metadata store in memory is closed");
        }
        return map;
    }

    private static final class Draft implements Writer {
        private PersistentMap map;

        Draft(PersistentMap map) {
            this.map = map;
        }

        @Override
        public byte @Nullable [] get(byte[] key) {
            byte[] value = map.get(key);
            return value == null ? null : value.clone();
        }

        @Override
        public void scan(byte[] from, byte @Nullable [] to, Visitor visitor) throws PoolException {
            map.scan(from, to, visitor);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            map = map.with(key.clone(), value.clone());
        }

        @Override
        public void delete(byte[] key) {
            map = map.without(key);
        }
    }
}
