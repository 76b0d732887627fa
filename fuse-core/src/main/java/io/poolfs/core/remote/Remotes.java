package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The remotes of a pool. Usable from any thread; closing closes those of them that can be closed. */
public final class Remotes implements AutoCloseable {
    private volatile List<Remote> all;

    private Remotes(List<Remote> all) {
        this.all = all;
    }

    public static Remotes of(List<? extends Remote> remotes) {
        return new Remotes(List.copyOf(remotes));
    }

    /** In the order of the configuration. */
    public List<Remote> all() {
        return all;
    }

    public Optional<Remote> byName(String name) {
        return all.stream().filter(remote -> remote.name().equals(name)).findFirst();
    }

    public Optional<Remote> byId(RemoteId id) {
        return all.stream().filter(remote -> id.equals(remote.id())).findFirst();
    }

    /** The remote that has a chunk; REMOTE_UNAVAILABLE when none in use is known by this id. */
    public Remote require(RemoteId id) throws PoolException {
        Optional<Remote> remote = byId(id);
        if (remote.isEmpty()) {
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, "no remote in use is " + id);
        }
        return remote.get();
    }

    public List<RemoteStatus> statuses() {
        List<RemoteStatus> statuses = new ArrayList<>();
        for (Remote remote : all) {
            statuses.add(remote.status());
        }
        return List.copyOf(statuses);
    }

    public List<RemoteActivity> activities() {
        return all.stream().map(Remote::activity).toList();
    }

    /** Takes another set in use, after a change of the configuration. The old ones stay open; their owner closes them. */
    public void replace(List<? extends Remote> remotes) {
        all = List.copyOf(remotes);
    }

    @Override
    public void close() {
        for (Remote remote : all) {
            if (remote instanceof PoolRemote open) {
                open.close();
            }
        }
    }
}
