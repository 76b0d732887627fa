package io.poolfs.core.sim.engine;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.time.Scheduler;
import java.util.List;

/** A deliberate fault of the engine, made where it touches what is simulated. One for each story. */
interface Bug {
    Bug NONE = new Bug() {};

    default HostIdentity identity(HostIdentity identity) {
        return identity;
    }

    default LocalFiles files(LocalFiles files) {
        return files;
    }

    default RemoteStore remote(RemoteStore remote, SimBucket bucket, LocalFiles files, Scheduler scheduler) {
        return remote;
    }

    /** Whether a record of the metadata is not put or deleted as it should be. */
    default boolean drops(byte[] key, boolean deletion, List<SimBucket> buckets) {
        return false;
    }

    default void sync(PoolFileSystem fs, long handle) throws PoolException {
        fs.sync(handle);
    }
}
