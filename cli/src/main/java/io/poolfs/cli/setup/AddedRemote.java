package io.poolfs.cli.setup;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Identity;
import io.poolfs.core.remote.PoolMarker;
import io.poolfs.core.remote.RemoteMarker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a place a remote of an existing pool: encrypted as the others are, tried, marked. It is in the configuration and
 * a member only afterwards. What was interrupted at any point is taken up where it ended when it is done again.
 */
public final class AddedRemote {
    private final Rclone rclone;
    private final PoolConfig config;
    private final Consumer<String> say;

    public AddedRemote(Rclone rclone, PoolConfig config, Consumer<String> say) {
        this.rclone = rclone;
        this.config = config;
        this.say = say;
    }

    /**
     * Returns its name for the configuration: of the crypt remote over the place where the pool is encrypted.
     *
     * @throws PoolException EXISTS when it belongs to another pool; CONFIG when it is the same place as another remote
     *     of this pool or is encrypted with another password; what it said when it cannot be used
     */
    public String prepare(String given) throws PoolException {
        PoolId pool = config.poolId();
        if (pool == null) {
            throw new PoolException(
                    Reason.CONFIG,
                    config.file() + " has no pool_id; `poolfs attach` writes a configuration that has it");
        }
        String place = place(given);
        NewPool.checkKnown(rclone, List.of(place));
        CryptRemotes crypts = new CryptRemotes(rclone);
        try {
            CryptSecret secret = Kit.of(config, pool, rclone).secret();
            if (secret != null) {
                requireSameSecret(place, crypts, secret);
            }
            String remote = crypts.over(List.of(place), secret).get(0);
            mark(remote, pool);
            return remote;
        } catch (PoolException e) {
            crypts.takeBack(say);
            throw e;
        }
    }

    /** As rclone knows it; a directory by its absolute path. */
    private String place(String given) throws PoolException {
        if (given.contains(":")) {
            return given;
        }
        return rclone.names().contains(given)
                ? given + ":"
                : Path.of(given).toAbsolutePath().normalize().toString();
    }

    private void requireSameSecret(String place, CryptRemotes crypts, CryptSecret secret) throws PoolException {
        if (crypts.isCrypt(place) && !secret.isOf(rclone.section(place.substring(0, place.indexOf(':'))))) {
            throw new PoolException(
                    Reason.CONFIG,
                    place + " is encrypted with another password or salt than the pool's other remotes, and a pool has"
                            + " one of each: name the place under it, and it is encrypted with the pool's");
        }
    }

    private void mark(String remote, PoolId pool) throws PoolException {
        String prefix = config.manifestPrefix();
        Optional<RemoteMarker> marker = NewPool.existing(rclone, remote, prefix);
        if (marker.isPresent() && !marker.get().pool().equals(pool)) {
            throw belongsTo(remote, marker.get().pool());
        }
        PoolMarker poolMarker =
                poolMarker(remote, marker.map(RemoteMarker::remote).orElse(null), pool);
        rclone.tryOut(remote, prefix);
        say.accept("tried " + remote + " by writing, reading and deleting: it works");
        if (marker.isPresent()) {
            return;
        }
        Identity identity = rclone.identity(remote, prefix);
        Optional<PoolMarker> half = identity.readPool();
        if (half.isPresent() && !half.get().pool().equals(pool)) {
            throw belongsTo(remote, half.get().pool());
        }
        Path scratch = NewPool.scratch();
        try {
            RemoteId id = new RemoteId(
                    rclone.scheduler().random().nextLong(),
                    rclone.scheduler().random().nextLong());
            identity.write(poolMarker, id, scratch);
        } finally {
            delete(scratch);
        }
    }

    /**
     * The pool's marker as the other remotes have it.
     *
     * @param id of the remote to be added, when it has one already
     */
    private PoolMarker poolMarker(String remote, @Nullable RemoteId id, PoolId pool) throws PoolException {
        PoolMarker found = null;
        String trouble = "it has no other remote";
        for (RemoteConfig other : config.remotes()) {
            if (other.name().equals(remote)) {
                continue;
            }
            try {
                Identity identity = rclone.identity(other.name(), config.manifestPrefix());
                Optional<RemoteMarker> marker = identity.read();
                if (marker.isPresent() && marker.get().remote().equals(id)) {
                    throw new PoolException(
                            Reason.EXISTS,
                            remote + " is the same place as " + other.name() + ", which is a remote of this pool");
                }
                found = found == null ? identity.readPool().orElse(null) : found;
            } catch (PoolException e) {
                if (e.reason() == Reason.EXISTS) {
                    throw e;
                }
                trouble = String.valueOf(e.getMessage());
            }
        }
        if (found == null || !found.pool().equals(pool)) {
            throw new PoolException(
                    Reason.REMOTE_UNAVAILABLE, "no other remote of the pool can be read for its pool.json: " + trouble);
        }
        return found;
    }

    private static PoolException belongsTo(String remote, PoolId other) {
        return new PoolException(
                Reason.EXISTS, remote + " belongs to the pool " + other + " already; name an empty folder");
    }

    private void delete(Path scratch) {
        try {
            Files.deleteIfExists(scratch);
        } catch (IOException e) {
            say.accept("left behind: " + scratch);
        }
    }
}
