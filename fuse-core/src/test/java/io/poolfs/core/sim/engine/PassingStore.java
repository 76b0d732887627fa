package io.poolfs.core.sim.engine;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** A store that passes everything on; what is to be different is overridden. */
class PassingStore implements RemoteStore {
    private final RemoteStore store;

    PassingStore(RemoteStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public void put(String object, Path source, long sizeBytes) throws PoolException {
        store.put(object, source, sizeBytes);
    }

    @Override
    public void getRange(String object, long offset, ByteBuffer dst) throws PoolException {
        store.getRange(object, offset, dst);
    }

    @Override
    public void delete(String object) throws PoolException {
        store.delete(object);
    }

    @Override
    public List<Entry> list(String folder) throws PoolException {
        return store.list(folder);
    }

    @Override
    public OptionalLong size(String object) throws PoolException {
        return store.size(object);
    }

    @Override
    public void makeFolder(String folder) throws PoolException {
        store.makeFolder(folder);
    }

    @Override
    public Room about() throws PoolException {
        return store.about();
    }

    @Override
    public void close() {
        store.close();
    }
}
