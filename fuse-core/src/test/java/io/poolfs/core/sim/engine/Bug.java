package io.poolfs.core.sim.engine;

import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.remote.RemoteStore;

/** A deliberate fault of the engine, made where it touches what is simulated. */
interface Bug {
    Bug NONE = new Bug() {};

    default HostIdentity identity(HostIdentity identity) {
        return identity;
    }

    default LocalFiles files(LocalFiles files) {
        return files;
    }

    default RemoteStore remote(RemoteStore remote) {
        return remote;
    }

    /** Whether a record is not put or deleted as it should be. */
    default boolean drops(byte[] key, boolean deletion) {
        return false;
    }
}
