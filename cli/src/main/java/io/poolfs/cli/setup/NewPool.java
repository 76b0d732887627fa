package io.poolfs.cli.setup;

import io.poolfs.cli.service.Access;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.pool.PoolCreation;
import io.poolfs.core.remote.Identity;
import io.poolfs.core.remote.PoolMarker;
import io.poolfs.core.remote.RemoteMarker;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.core.time.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes a pool: crypt remotes, a trial of each remote, the markers on them, the configuration. */
public final class NewPool {
    private final Surroundings surroundings;
    private final Consumer<String> say;

    public NewPool(Surroundings surroundings, Consumer<String> say) {
        this.surroundings = surroundings;
        this.say = say;
    }

    /** What was made; {@code remotes} as the configuration names them. */
    public record Made(PoolConfig config, PoolId id, List<String> remotes) {}

    public Made make(PoolPlan plan) throws PoolException {
        if (Files.exists(plan.configFile())) {
            throw new PoolException(
                    Reason.EXISTS,
                    plan.configFile() + " exists: the pool \"" + plan.pool()
                            + "\" is configured already. Choose another name, or `poolfs mount` it");
        }
        try (Rclone rclone = Rclone.open(plan.rclone())) {
            checkKnown(rclone, plan.places());
            CryptRemotes crypts = new CryptRemotes(rclone);
            try {
                List<String> remotes = crypts.over(plan.places(), plan.secret());
                new ConfigDraft(surroundings).preview(plan, remotes, null);
                PoolId id = newId(rclone);
                mark(rclone, remotes, plan.manifestPrefix(), id);
                return new Made(found(rclone, plan, remotes, id), id, remotes);
            } catch (PoolException e) {
                crypts.takeBack(say);
                throw e;
            }
        }
    }

    /** Writes the configuration and the pool's first record; takes everything back when that fails. */
    private PoolConfig found(Rclone rclone, PoolPlan plan, List<String> remotes, PoolId id) throws PoolException {
        PoolConfig config = new ConfigDraft(surroundings).write(plan, remotes, id);
        try {
            say.accept("writing the first record of the pool");
            PoolFileSystem.Caller caller = Access.caller();
            PoolCreation.create(config, caller.uid(), caller.gid(), null);
            return config;
        } catch (PoolException e) {
            delete(plan.configFile());
            for (String remote : remotes) {
                unmark(rclone, remote, plan.manifestPrefix(), id);
            }
            throw e;
        }
    }

    private static PoolId newId(Rclone rclone) {
        Randomness random = rclone.scheduler().random();
        return new PoolId(random.nextLong(), random.nextLong());
    }

    /** NOT_FOUND when rclone has no remote of the name, with those that it has. */
    static void checkKnown(Rclone rclone, List<String> places) throws PoolException {
        List<String> names = rclone.names();
        for (String place : places) {
            int colon = place.indexOf(':');
            boolean named = colon > 0 && !place.startsWith("/");
            String name = named ? place.substring(0, colon) : "";
            if (named && !name.contains(",") && !names.contains(name)) {
                throw new PoolException(
                        Reason.NOT_FOUND,
                        "rclone has no remote \"" + name + ":\"; it has: "
                                + (names.isEmpty()
                                        ? "none (`rclone config` makes some)"
                                        : String.join(":, ", names) + ":"));
            }
        }
    }

    private static void refuseExisting(Rclone rclone, String remote, String prefix) throws PoolException {
        Optional<RemoteMarker> marker = existing(rclone, remote, prefix);
        if (marker.isPresent()) {
            throw new PoolException(
                    Reason.EXISTS,
                    remote + " belongs to the pool " + marker.get().pool()
                            + " already; to use that pool here: poolfs attach --remote " + remote + " …");
        }
    }

    static Optional<RemoteMarker> existing(Rclone rclone, String remote, String prefix) throws PoolException {
        if (isAbsent(rclone, remote)) {
            return Optional.empty();
        }
        try {
            return rclone.identity(remote, prefix).read();
        } catch (PoolException e) {
            if (e.reason() == Reason.CONFIG) {
                throw new PoolException(
                        e.reason(),
                        e.getMessage() + ". To use a pool that is there: poolfs attach; for a new one, name an empty"
                                + " folder",
                        e);
            }
            throw cannotBeUsed(remote, e);
        }
    }

    /** Whether the folder that is to hold everything does not exist yet. */
    private static boolean isAbsent(Rclone rclone, String remote) throws PoolException {
        try (RcloneStore store = rclone.store(remote)) {
            store.list("");
            return false;
        } catch (PoolException e) {
            if (e.reason() == Reason.OBJECT_NOT_FOUND || e.reason() == Reason.REMOTE_MISSING) {
                return true;
            }
            throw cannotBeUsed(remote, e);
        }
    }

    private static PoolException cannotBeUsed(String remote, PoolException e) {
        return new PoolException(e.reason(), "remote " + remote + " cannot be used: " + e.getMessage(), e);
    }

    /** Looks at all remotes, then tries and marks each; takes back what it made where one of them fails. */
    private void mark(Rclone rclone, List<String> remotes, String prefix, PoolId id) throws PoolException {
        for (String remote : remotes) {
            refuseExisting(rclone, remote, prefix);
        }
        PoolMarker pool = new PoolMarker(id, Instant.now().truncatedTo(ChronoUnit.SECONDS));
        List<String> touched = new ArrayList<>();
        Path scratch = scratch();
        try {
            for (String remote : remotes) {
                touched.add(remote);
                rclone.tryOut(remote, prefix);
                markOne(rclone, remote, prefix, pool, scratch);
                say.accept("tried " + remote + " by writing, reading and deleting: it works");
            }
        } catch (PoolException e) {
            for (String remote : touched) {
                unmark(rclone, remote, prefix, id);
            }
            throw e;
        } finally {
            delete(scratch);
        }
    }

    private static void markOne(Rclone rclone, String remote, String prefix, PoolMarker pool, Path scratch)
            throws PoolException {
        Identity identity = rclone.identity(remote, prefix);
        Optional<RemoteMarker> there = identity.read();
        if (there.isPresent() && there.get().pool().equals(pool.pool())) {
            throw new PoolException(
                    Reason.CONFIG, remote + " is the same place as another of these remotes: name each place once");
        }
        RemoteId id = new RemoteId(
                rclone.scheduler().random().nextLong(),
                rclone.scheduler().random().nextLong());
        identity.write(pool, id, scratch);
    }

    private void unmark(Rclone rclone, String remote, String prefix, PoolId id) {
        try (RcloneStore store = rclone.store(remote)) {
            Optional<RemoteMarker> marker = rclone.identity(remote, prefix).read();
            if (marker.isPresent() && !marker.get().pool().equals(id)) {
                return; // of somebody else
            }
            store.delete(prefix + "/remote.json");
            store.delete(prefix + "/pool.json");
            store.removeEmptyFolder(prefix);
        } catch (PoolException e) {
            if (e.reason() == Reason.OBJECT_NOT_FOUND) {
                return; // taken back under another name
            }
            say.accept("left behind on " + remote + ": " + prefix + "/remote.json, pool.json (" + e.getMessage() + ")");
        }
    }

    static Path scratch() throws PoolException {
        try {
            return Files.createTempDirectory("poolfs-init");
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot make a temporary directory: " + e.getMessage(), e);
        }
    }

    private void delete(Path made) {
        try {
            Files.deleteIfExists(made);
        } catch (IOException e) {
            say.accept("left behind: " + made);
        }
    }
}
