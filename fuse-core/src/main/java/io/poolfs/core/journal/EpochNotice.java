package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import tools.jackson.databind.node.ObjectNode;

/**
 * The small objects beside a claim: the marker (the same bytes whoever puts it), the base (which segment the epoch goes
 * on from) and the release (where the epoch ended).
 */
final class EpochNotice {
    static final String MARKER = "epoch";
    static final String BASE = "base";
    static final String RELEASED = "released";

    private EpochNotice() {}

    static byte[] marker(PoolId pool, long epoch) {
        return SealedLine.of(start(MARKER, pool, epoch));
    }

    static byte[] base(PoolId pool, long epoch, OwnerId owner, ChainPosition previous) {
        ObjectNode node = start(BASE, pool, epoch).put("owner", owner.hex());
        previous.writeTo(node, "prev");
        return SealedLine.of(node);
    }

    static byte[] released(PoolId pool, long epoch, OwnerId owner, ChainPosition head, long nanos) {
        ObjectNode node = start(RELEASED, pool, epoch).put("owner", owner.hex()).put("t", nanos);
        head.writeTo(node, "head");
        return SealedLine.of(node);
    }

    static ChainPosition readBase(byte[] bytes, PoolId pool, NumberedName name, String where) throws PoolException {
        return ChainPosition.read(open(bytes, BASE, pool, name, where).object("prev"));
    }

    static ChainPosition readReleased(byte[] bytes, PoolId pool, NumberedName name, String where) throws PoolException {
        return ChainPosition.read(open(bytes, RELEASED, pool, name, where).object("head"));
    }

    /** Checks kind, format, pool, epoch and owner. */
    static Fields open(byte[] bytes, String kind, PoolId pool, NumberedName name, String where) throws PoolException {
        Fields fields = SealedLine.open(bytes, where).require(kind);
        PoolId found = PoolId.parse(fields.text("pool"));
        if (!found.equals(pool)) {
            throw new PoolException(Reason.CORRUPT, where + " belongs to pool " + found + ", not to this pool " + pool);
        }
        NumberedName inside =
                new NumberedName(fields.number("epoch", 1, Long.MAX_VALUE), OwnerId.parse(fields.text("owner")));
        if (!inside.equals(name)) {
            throw new PoolException(Reason.CORRUPT, where + " speaks of epoch " + inside);
        }
        return fields;
    }

    private static ObjectNode start(String kind, PoolId pool, long epoch) {
        return Fields.object()
                .put("format", Layout.FORMAT)
                .put("kind", kind)
                .put("pool", pool.hex())
                .put("epoch", epoch);
    }
}
