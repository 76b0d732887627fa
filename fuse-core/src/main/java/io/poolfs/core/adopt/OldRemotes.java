package io.poolfs.core.adopt;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.Remote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The remotes of the old pool among those of this one, which may begin at another folder of the same rclone remote. */
final class OldRemotes {
    /**
     * An object of the old pool as this pool reaches it.
     *
     * @param path on the remote
     */
    record Place(Remote remote, String path) {}

    private final List<Remote> remotes;
    private final List<String> names;

    private OldRemotes(List<Remote> remotes, List<String> names) {
        this.remotes = remotes;
        this.names = names;
    }

    /** CONFIG when one of the names leads to no remote of this pool. */
    static OldRemotes of(List<Remote> remotes, List<String> names) throws PoolException {
        OldRemotes old = new OldRemotes(remotes, List.copyOf(names));
        List<String> unknown = new ArrayList<>();
        for (String name : names) {
            if (old.find(name, "x").isEmpty()) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            throw new PoolException(
                    Reason.CONFIG,
                    "not among the remotes of this pool: " + String.join(", ", unknown)
                            + "; add each with `poolfs remote add`, or take one that is gone for good out of the old"
                            + " configuration");
        }
        return old;
    }

    List<String> names() {
        return names;
    }

    /** Empty when no remote of this pool reaches it. rclonepool put name and path one behind the other, as they were. */
    Optional<Place> find(String name, String path) {
        String whole = name + path;
        return remotes.stream()
                .filter(remote -> whole.startsWith(folder(remote.name())))
                // The same whatever the order of the configuration.
                .max(Comparator.comparingInt(remote -> folder(remote.name()).length()))
                .map(remote ->
                        new Place(remote, whole.substring(folder(remote.name()).length())));
    }

    private static String folder(String name) {
        return name.endsWith(":") || name.endsWith("/") ? name : name + "/";
    }
}
