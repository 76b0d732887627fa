package io.poolfs.core.upkeep;

import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The remotes that can be worked on now. */
record Remotes(Supplier<List<Remote>> all) {
    /** Empty when the remote is not configured, or not asked at the moment. */
    Optional<Remote> reachable(RemoteId id) {
        return all.get().stream()
                .filter(remote -> id.equals(remote.id()))
                .filter(remote -> switch (remote.status().health()) {
                    case HEALTHY, SUSPECT -> true;
                    case DOWN, MISSING -> false;
                })
                .findFirst();
    }

    List<Remote> reachable() {
        return all.get().stream()
                .filter(remote -> remote.id() != null && reachable(remote.id()).isPresent())
                .toList();
    }
}
