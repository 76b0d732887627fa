package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import org.jspecify.annotations.Nullable;

/**
 * The object that says who claimed an epoch.
 *
 * @param sinceNanos wall clock of the claim
 * @param state the owner's state directory on its machine; null when it is not told
 */
public record Claim(
        PoolId pool,
        long epoch,
        OwnerId owner,
        HostIdentity host,
        long sinceNanos,
        @Nullable String state) {
    static final String KIND = "claim";

    byte[] bytes() {
        var node = Fields.object()
                .put("format", Layout.FORMAT)
                .put("kind", KIND)
                .put("pool", pool.hex())
                .put("epoch", epoch)
                .put("owner", owner.hex());
        host.writeTo(node);
        node.put("since", sinceNanos);
        if (state != null) {
            node.put("state", state);
        }
        return SealedLine.of(node);
    }

    static Claim read(byte[] bytes, PoolId pool, NumberedName name, String where) throws PoolException {
        Fields fields = EpochNotice.open(bytes, KIND, pool, name, where);
        return new Claim(
                pool,
                name.number(),
                name.owner(),
                HostIdentity.read(fields),
                fields.number("since", 0, Long.MAX_VALUE),
                fields.has("state") ? fields.text("state") : null);
    }
}
