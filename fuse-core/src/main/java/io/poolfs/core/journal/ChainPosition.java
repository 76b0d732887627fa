package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Sha256;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A point between two segments, named by the segment that ends there: what the next segment states as its predecessor.
 *
 * @param epoch the segment's epoch
 * @param owner the segment's owner
 * @param first its first transaction
 * @param last its last transaction: everything up to here is before this point
 * @param sha256 of the segment object's bytes
 */
public record ChainPosition(long epoch, OwnerId owner, long first, long last, Sha256 sha256) {
    /** Before the first segment of a pool. Written as null. */
    public static final ChainPosition START =
            new ChainPosition(0, new OwnerId(0, 0), 0, 0, Sha256.of(new byte[Sha256.BYTES]));

    boolean isStart() {
        return last == 0;
    }

    NumberedName folder() {
        return new NumberedName(epoch, owner);
    }

    void writeTo(ObjectNode parent, String field) {
        if (isStart()) {
            parent.putNull(field);
            return;
        }
        parent.putObject(field)
                .put("epoch", epoch)
                .put("owner", owner.hex())
                .put("first", first)
                .put("last", last)
                .put("sha256", sha256.hex());
    }

    static ChainPosition read(@Nullable Fields fields) throws PoolException {
        if (fields == null) {
            return START;
        }
        long first = fields.number("first", 1, Long.MAX_VALUE);
        return new ChainPosition(
                fields.number("epoch", 1, Long.MAX_VALUE),
                OwnerId.parse(fields.text("owner")),
                first,
                fields.number("last", first, Long.MAX_VALUE),
                Sha256.parse(fields.text("sha256")));
    }

    @Override
    public String toString() {
        return isStart() ? "the start of the pool" : "segment " + folder() + "/" + first + " (to " + last + ")";
    }
}
