package io.poolfs.cli.service;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of the remotes beside what the metadata says of them, at one moment. */
final class KnownRemotes {
    private final List<RemoteStatus> statuses;
    private final List<Op.Member> members;

    private KnownRemotes(List<RemoteStatus> statuses, List<Op.Member> members) {
        this.statuses = statuses;
        this.members = members;
    }

    static KnownRemotes of(OpenPool pool) throws PoolException {
        return new KnownRemotes(
                pool.remotes(), pool.metadata().read(MetadataReader::members).members());
    }

    /** One that was not seen since the opening is known by the name under which it became a member. */
    @Nullable
    RemoteId idOf(RemoteStatus status) {
        if (status.id() != null) {
            return status.id();
        }
        Set<RemoteId> seen = new HashSet<>();
        statuses.stream().map(RemoteStatus::id).filter(Objects::nonNull).forEach(seen::add);
        return members.stream()
                .filter(member -> member.name().equals(status.name()) && !seen.contains(member.remote()))
                .map(Op.Member::remote)
                .findFirst()
                .orElse(null);
    }

    /** The id of the remote that a person calls so; null when there is none. */
    @Nullable
    RemoteId named(String name) {
        for (RemoteStatus status : statuses) {
            if (status.name().equals(name) || status.name().equals(name + ":")) {
                return idOf(status);
            }
        }
        return null;
    }

    /** Configured and recognised, and no members. */
    List<String> withoutMetadata() {
        Set<RemoteId> keepers = new HashSet<>();
        members.forEach(member -> keepers.add(member.remote()));
        return statuses.stream()
                .filter(status -> status.id() != null && status.health() != RemoteStatus.Health.MISSING)
                .filter(status -> !keepers.contains(status.id()))
                .map(RemoteStatus::name)
                .toList();
    }
}
