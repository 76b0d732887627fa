package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes, reads and deletes an object on a remote: the proof that it can be used. */
final class RemoteTest {
    private final LocalFiles files;
    private final Path scratch;
    private final String object;

    RemoteTest(LocalFiles files, PoolConfig config) {
        this.files = files;
        this.scratch = config.stateDir().resolve("test");
        this.object =
                config.manifestPrefix() + "/test-" + ProcessHandle.current().pid();
    }

    void run(RemoteStore store) throws PoolException {
        byte[] content = "poolfs tests this remote\n".getBytes(StandardCharsets.US_ASCII);
        files.writeAtomically(scratch, content);
        try {
            store.put(object, scratch, content.length);
            ByteBuffer back = ByteBuffer.allocate(content.length);
            store.getRange(object, 0, back);
            if (!Arrays.equals(content, back.array())) {
                throw new PoolException(Reason.CORRUPT, store.name() + " gave back other bytes than it was given");
            }
            store.delete(object);
        } finally {
            files.delete(scratch);
        }
    }
}
