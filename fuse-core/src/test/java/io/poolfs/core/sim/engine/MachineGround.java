package io.poolfs.core.sim.engine;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.StateStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.pool.Connections;
import io.poolfs.core.pool.Ground;
import io.poolfs.core.remote.RemoteOrigin;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A process on a simulated machine. */
final class MachineGround implements Ground {
    private final Machine machine;
    private final Scheduler scheduler;
    private final StateStore.Watcher watcher;
    private final Stores stores;
    private final Bug bug;
    private final HostIdentity identity;

    /** Opens a connection to a remote. */
    @FunctionalInterface
    interface Stores {
        RemoteStore open(LocalFiles files, String remote, Duration timeout) throws PoolException;
    }

    MachineGround(Machine machine, Scheduler scheduler, StateStore.Watcher watcher, Stores stores, Bug bug) {
        this.machine = machine;
        this.scheduler = scheduler;
        this.watcher = watcher;
        this.stores = stores;
        this.bug = bug;
        this.identity = bug.identity(machine.startProcess());
    }

    @Override
    public Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public LocalFiles files() {
        return bug.files(machine.files());
    }

    @Override
    public HostIdentity identity() {
        return identity;
    }

    @Override
    public boolean isDead(HostIdentity other) {
        return machine.isDead(other);
    }

    @Override
    public Surroundings.Volume volume(Path directory) {
        return new Surroundings.Volume(Machine.MEMORY_BYTES, directory.startsWith(Machine.MEMORY));
    }

    @Override
    public KeyValueStore openStore(Path directory) throws PoolException {
        return new StateStore(scheduler, machine.store(directory), watcher);
    }

    @Override
    public Connections connect(PoolConfig config, @Nullable String configPassword) {
        return new Connections() {
            @Override
            public void requireKnown(String remote) {}

            @Override
            public Connection open(String remote, Duration timeout) throws PoolException {
                return new Connection(stores.open(machine.files(), remote, timeout), RemoteOrigin.unknown(remote));
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
