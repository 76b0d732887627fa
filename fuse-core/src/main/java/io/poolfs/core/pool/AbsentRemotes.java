package io.poolfs.core.pool;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The pool's remotes that the configuration does not have: left out at an attach, or dropped while chunks lie there.
 * They are known from the metadata, so that a person is told by name what is missing.
 */
final class AbsentRemotes {
    private AbsentRemotes() {}

    /**
     * One status for each, missing. None while a configured remote has not said who it is, unless its name tells: it
     * may be the one.
     *
     * @param configured what is known of those in the configuration
     */
    static List<RemoteStatus> of(MetadataReader reader, List<RemoteStatus> configured) throws PoolException {
        Map<RemoteId, String> wanted = new LinkedHashMap<>();
        reader.members().members().forEach(member -> wanted.put(member.remote(), member.name()));
        reader.usage().forEach((id, usage) -> {
            if (usage.chunks() > 0) {
                wanted.putIfAbsent(id, "missing:" + id);
            }
        });
        Set<String> names = new HashSet<>();
        boolean unrecognised = false;
        for (RemoteStatus status : configured) {
            names.add(status.name());
            RemoteId id = status.id();
            if (id == null) {
                boolean named = wanted.values().remove(status.name());
                unrecognised |= !named;
            } else {
                wanted.remove(id);
            }
        }
        if (unrecognised) {
            return List.of();
        }
        List<RemoteStatus> absent = new ArrayList<>();
        wanted.forEach((id, name) -> absent.add(absent(id, names.contains(name) ? "missing:" + id : name)));
        return absent;
    }

    private static RemoteStatus absent(RemoteId id, String name) {
        return new RemoteStatus(
                name,
                id,
                RemoteStatus.Health.MISSING,
                false,
                false,
                0,
                OptionalLong.empty(),
                OptionalLong.empty(),
                0,
                id.hex(),
                0,
                0,
                0,
                0,
                0,
                "not in the configuration (remote " + id + "); what lies on it cannot be read");
    }
}
