package io.poolfs.core.fs;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the change of a request once: the outcome (an inode number, or 0) is part of the same transaction, and a request
 * that comes again is answered from it.
 */
final class Requests {
    private final Metadata metadata;

    Requests(Metadata metadata) {
        this.metadata = metadata;
    }

    @FunctionalInterface
    interface NamespaceChange {
        /** Returns the number of the inode that the request is answered with, or 0. */
        long run(MetadataWriter writer) throws PoolException;
    }

    long once(@Nullable RequestId request, NamespaceChange change) throws PoolException {
        return metadata.change(writer -> {
            if (request == null) {
                return change.run(writer);
            }
            byte[] earlier = writer.outcome(request);
            if (earlier != null) {
                if (earlier.length != Long.BYTES) {
                    throw new PoolException(
                            Reason.CORRUPT, "outcome of " + request + " has " + earlier.length + " bytes");
                }
                return ByteBuffer.wrap(earlier).getLong();
            }
            long outcome = change.run(writer);
            writer.putOutcome(
                    request, ByteBuffer.allocate(Long.BYTES).putLong(outcome).array());
            return outcome;
        });
    }
}
