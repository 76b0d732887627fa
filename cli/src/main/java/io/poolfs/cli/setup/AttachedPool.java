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
                PoolId pool = recognise(rclone, remotes, plan.manifestPrefix(), expected);
                return new NewPool.Made(new ConfigDraft(surroundings).write(plan, remotes, pool), pool, remotes);
            } catch (PoolException e) {
                crypts.takeBack(say);
                throw e;
            }
        }
    }

    /** The pool that all of them belong to. */
    private PoolId recognise(Rclone rclone, List<String> remotes, String prefix, @Nullable PoolId expected)
            throws PoolException {
        PoolId pool = expected;
        Map<RemoteId, String> seen = new HashMap<>();
        for (String remote : remotes) {
            RemoteMarker marker = marker(rclone, remote, prefix);
            if (pool != null && !marker.pool().equals(pool)) {
                throw new PoolException(
                        Reason.CONFIG, remote + " belongs to the pool " + marker.pool() + ", not to " + pool);
            }
            pool = marker.pool();
            String twin = seen.putIfAbsent(marker.remote(), remote);
            if (twin != null) {
                throw new PoolException(Reason.CONFIG, twin + " and " + remote + " are one remote: name it once");
            }
            say.accept("found on " + remote + " remote " + marker.remote() + " of the pool " + marker.pool());
        }
        if (pool == null) {
            throw new PoolException(Reason.CONFIG, "no remote was given");
        }
        return pool;
    }

    private static RemoteMarker marker(Rclone rclone, String remote, String prefix) throws PoolException {
        Optional<RemoteMarker> marker;
        try {
            marker = rclone.identity(remote, prefix).read();
        } catch (PoolException e) {
            throw new PoolException(
                    e.reason(),
                    e.reason() == Reason.CONFIG
                            ? e.getMessage() + "; give the password and salt that `poolfs init` showed or a kit holds"
                            : "remote " + remote + " cannot be used: " + e.getMessage(),
                    e);
        }
        return marker.orElseThrow(() -> new PoolException(
                Reason.NOT_FOUND,
                "no pool on " + remote + " (there is no " + prefix + "/remote.json); an encrypted pool needs its"
                        + " password: --password-file, or a prompt with --encrypt"));
    }
}
