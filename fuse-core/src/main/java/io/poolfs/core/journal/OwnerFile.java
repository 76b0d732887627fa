package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code owner.json}: whose state directory this is, which process had it last, and whether that one closed it cleanly.
 * It is written last when a state directory is set up: without it everything beside it is a broken attempt.
 *
 * @param stage names the stage in cache_dir that belongs to this state; empty while there is none
 * @param shipped the last transaction that was known to be on the remotes when this was written
 */
record OwnerFile(PoolId pool, OwnerId owner, HostIdentity host, boolean clean, String stage, long shipped) {
    private static final String KIND = "owner";

    void write(LocalFiles files, Path path) throws PoolException {
        var node = Fields.object()
                .put("format", Layout.FORMAT)
                .put("kind", KIND)
                .put("pool", pool.hex())
                .put("owner", owner.hex());
        host.writeTo(node);
        files.writeAtomically(
                path, Fields.line(node.put("clean", clean).put("stage", stage).put("shipped", shipped)));
    }

    /** Null when there is none. */
    static @Nullable OwnerFile read(LocalFiles files, Path path, PoolId pool) throws PoolException {
        if (!files.exists(path)) {
            return null;
        }
        Fields fields = Fields.parse(files.readAll(path, Fields.MAX_BYTES), path.toString())
                .require(KIND);
        PoolId found = PoolId.parse(fields.text("pool"));
        if (!found.equals(pool)) {
            throw new PoolException(
                    Reason.CONFIG, path + " belongs to pool " + found + ", not to pool " + pool + ": set state_dir");
        }
        return new OwnerFile(
                found,
                OwnerId.parse(fields.text("owner")),
                HostIdentity.read(fields),
                fields.flag("clean"),
                fields.text("stage"),
                fields.has("shipped") ? fields.number("shipped", 0, Long.MAX_VALUE) : 0);
    }

    OwnerFile with(HostIdentity now, boolean isClean) {
        return new OwnerFile(pool, owner, now, isClean, stage, shipped);
    }

    OwnerFile withStage(String now) {
        return new OwnerFile(pool, owner, host, clean, now, shipped);
    }

    OwnerFile withShipped(long now) {
        return new OwnerFile(pool, owner, host, clean, stage, now);
    }
}
