package io.poolfs.core.journal;

import io.poolfs.core.meta.Op;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the stores of members among the configured remotes. A remote that was never seen has no id yet. */
final class MemberStores {
    private final Supplier<? extends List<? extends Remote>> remotes;

    MemberStores(Supplier<? extends List<? extends Remote>> remotes) {
        this.remotes = remotes;
    }

    /** Null when no configured remote is known to be this member. */
    @Nullable
    RemoteStore find(RemoteId id) {
        for (Remote remote : remotes.get()) {
            if (id.equals(remote.id())) {
                return remote.store();
            }
        }
        return null;
    }

    /** The stores of those members that are known. */
    Map<RemoteId, RemoteStore> of(List<Op.Member> members) {
        Map<RemoteId, RemoteStore> stores = new LinkedHashMap<>();
        for (Op.Member member : members) {
            RemoteStore store = find(member.remote());
            if (store != null) {
                stores.put(member.remote(), store);
            }
        }
        return stores;
    }

    /** The stores of all configured remotes that have an id. */
    Map<RemoteId, RemoteStore> all() {
        Map<RemoteId, RemoteStore> stores = new LinkedHashMap<>();
        for (Remote remote : remotes.get()) {
            RemoteId id = remote.id();
            if (id != null) {
                stores.put(id, remote.store());
            }
        }
        return stores;
    }
}
