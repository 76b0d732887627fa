package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Sha256;
import tools.jackson.databind.node.ObjectNode;

/**
 * The first line of a segment.
 *
 * @param nanos wall clock when it was cut: the owner's last sign of life
 * @param previous the segment it follows
 * @param linesBytes length of the lines behind the header
 * @param linesSha256 SHA-256 of them
 */
public record SegmentHeader(
        PoolId pool,
        long epoch,
        OwnerId owner,
        long first,
        long last,
        long nanos,
        ChainPosition previous,
        long linesBytes,
        Sha256 linesSha256) {
    static final String KIND = "segment";

    byte[] line() {
        ObjectNode node = Fields.object()
                .put("format", Layout.FORMAT)
                .put("kind", KIND)
                .put("pool", pool.hex())
                .put("epoch", epoch)
                .put("owner", owner.hex())
                .put("first", first)
                .put("last", last)
                .put("t", nanos);
        previous.writeTo(node, "prev");
        node.put("bytes", linesBytes).put("sha256", linesSha256.hex());
        return Fields.line(node);
    }

    static SegmentHeader read(Fields fields) throws PoolException {
        fields.require(KIND);
        long first = fields.number("first", 1, Long.MAX_VALUE - 1);
        return new SegmentHeader(
                PoolId.parse(fields.text("pool")),
                fields.number("epoch", 1, Long.MAX_VALUE),
                OwnerId.parse(fields.text("owner")),
                first,
                fields.number("last", first, Long.MAX_VALUE - 1),
                fields.number("t", 0, Long.MAX_VALUE),
                ChainPosition.read(fields.object("prev")),
                fields.number("bytes", 1, SegmentCodec.MAX_LINE_BYTES),
                Sha256.parse(fields.text("sha256")));
    }

    /** The point behind this segment. */
    ChainPosition end(Sha256 objectSha256) {
        return new ChainPosition(epoch, owner, first, last, objectSha256);
    }
}
