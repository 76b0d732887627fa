package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import tools.jackson.databind.node.ObjectNode;

/**
 * The first line of a checkpoint.
 *
 * @param epoch the epoch that wrote it
 * @param owner the owner that wrote it
 * @param nanos wall clock when it was written
 * @param position the segment that ends where the checkpoint stands: all before it is in the checkpoint
 */
public record CheckpointHeader(PoolId pool, long epoch, OwnerId owner, long nanos, ChainPosition position) {
    static final String KIND = "checkpoint";

    byte[] line() {
        ObjectNode node = Fields.object()
                .put("format", Layout.FORMAT)
                .put("kind", KIND)
                .put("pool", pool.hex())
                .put("epoch", epoch)
                .put("owner", owner.hex())
                .put("tx", position.last())
                .put("t", nanos);
        position.writeTo(node, "head");
        return Fields.line(node);
    }

    static CheckpointHeader read(Fields fields) throws PoolException {
        fields.require(KIND);
        ChainPosition position = ChainPosition.read(fields.object("head"));
        long unused = fields.number("tx", position.last(), position.last());
        return new CheckpointHeader(
                PoolId.parse(fields.text("pool")),
                fields.number("epoch", 1, Long.MAX_VALUE),
                OwnerId.parse(fields.text("owner")),
                fields.number("t", 0, Long.MAX_VALUE),
                position);
    }
}
