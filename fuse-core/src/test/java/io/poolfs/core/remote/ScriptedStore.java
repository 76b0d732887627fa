package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A store in memory whose next failures a test decides. A put stores zeros: its source is not looked at. */
final class ScriptedStore implements RemoteStore {
    /** Runs before each call; may throw or wait. */
    @FunctionalInterface
    interface Script {
        void before(String call, String object) throws PoolException;
    }

    final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    volatile Script script = (call, object) -> {};
    volatile Room room = Room.UNKNOWN;
    volatile boolean closed;
    private final String name;

    ScriptedStore(String name) {
        this.name = name;
    }

    /** Fails every call except those on objects that are named so. */
    void failAll(@Nullable Reason reason) {
        script = (call, object) -> {
            if (reason != null) {
                throw new PoolException(reason, call + " " + object);
            }
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void put(String object, Path source, long sizeBytes) throws PoolException {
        script.before("put", object);
        objects.put(object, new byte[(int) sizeBytes]);
    }

    @Override
    public void getRange(String object, long offset, ByteBuffer dst) throws PoolException {
        script.before("get", object);
        byte[] bytes = objects.get(object);
        if (bytes == null) {
            throw new PoolException(Reason.OBJECT_NOT_FOUND, object);
        }
        dst.put(bytes, (int) offset, dst.remaining());
    }

    @Override
    public void delete(String object) throws PoolException {
        script.before("delete", object);
        objects.remove(object);
    }

    @Override
    public List<Entry> list(String folder) throws PoolException {
        script.before("list", folder);
        return List.of();
    }

    @Override
    public OptionalLong size(String object) throws PoolException {
        script.before("size", object);
        byte[] bytes = objects.get(object);
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length);
    }

    @Override
    public void makeFolder(String folder) throws PoolException {
        script.before("folder", folder);
    }

    @Override
    public Room about() throws PoolException {
        script.before("about", "");
        return room;
    }

    @Override
    public void close() {
        closed = true;
    }
}
