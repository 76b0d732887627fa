package io.poolfs.cli.setup;

import io.poolfs.core.config.Surroundings;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteMarker;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes up an existing pool: finds its markers on the remotes, whatever those are called here, and configures it. */
public final class AttachedPool {
    private final Surroundings surroundings;
    private final Consumer<String> say;

    public AttachedPool(Surroundings surroundings, Consumer<String> say) {
        this.surroundings = surroundings;
        this.say = say;
    }

    /** @param expected the pool that it must be, or null */
    public NewPool.Made attach(PoolPlan plan, @Nullable PoolId expected) throws PoolException {
        if (Files.exists(plan.configFile())) {
            throw new PoolException(
                    Reason.EXISTS, plan.configFile() + " exists: choose another name for the pool here");
        }
        try (Rclone rclone = Rclone.open(plan.rclone())) {
            NewPool.checkKnown(rclone, plan.places());
            CryptRemotes crypts = new CryptRemotes(rclone);
            try {
                List<String> remotes = crypts.over(plan.places(), plan.secret());
                PoolId pool = recognise(rclone, plan, remotes, expected);
                return new NewPool.Made(new ConfigDraft(surroundings).write(plan, remotes, pool), pool, remotes);
            } catch (PoolException e) {
                crypts.takeBack(say);
                throw e;
            }
        }
    }

    /** The pool that all of them belong to. Messages name the places as the user gave them. */
    private PoolId recognise(Rclone rclone, PoolPlan plan, List<String> remotes, @Nullable PoolId expected)
            throws PoolException {
        PoolId pool = expected;
        String first = "the kit";
        Map<RemoteId, String> seen = new HashMap<>();
        for (int i = 0; i < remotes.size(); i++) {
            String place = plan.places().get(i);
            RemoteMarker marker = marker(rclone, place, remotes.get(i), plan);
            if (pool != null && !marker.pool().equals(pool)) {
                throw new PoolException(
                        Reason.CONFIG,
                        place + " belongs to the pool " + marker.pool() + ", but " + first + " to " + pool
                                + ": name remotes of one pool only");
            }
            if (pool == null) {
                pool = marker.pool();
                first = place;
            }
            String twin = seen.putIfAbsent(marker.remote(), place);
            if (twin != null) {
                throw new PoolException(
                        Reason.CONFIG,
                        twin.equals(place)
                                ? place + " was named twice: name it once"
                                : twin + " and " + place + " are one remote: name it once");
            }
            say.accept("found on " + place + " remote " + marker.remote() + " of the pool " + marker.pool());
        }
        if (pool == null) {
            throw new PoolException(Reason.CONFIG, "no remote was given");
        }
        return pool;
    }

    private static RemoteMarker marker(Rclone rclone, String place, String remote, PoolPlan plan) throws PoolException {
        Optional<RemoteMarker> marker;
        try {
            marker = rclone.identity(remote, plan.manifestPrefix()).read();
        } catch (PoolException e) {
            throw new PoolException(
                    e.reason(),
                    e.reason() == Reason.CONFIG
                            ? e.getMessage() + "; give the password and salt that `poolfs init` showed or a kit holds"
                            : "remote " + place + " cannot be used: " + e.getMessage(),
                    e);
        }
        String missing = "no pool on " + place + ": there is no " + plan.manifestPrefix() + "/remote.json";
        return marker.orElseThrow(() -> new PoolException(
                Reason.NOT_FOUND,
                remote.equals(place) && plan.secret() == null
                        ? missing
                                + ". If the pool is encrypted: --encrypt asks for its password, --password-file has it"
                        : missing + ". Name the remote, and the folder in it, that `poolfs init` was given"));
    }
}
