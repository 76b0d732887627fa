package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** The content of {@code pool.json}: the pool, and when it was made. */
public record PoolMarker(PoolId pool, Instant created) {
    /** CORRUPT for what is no such file, NEWER_FORMAT for a later format. */
    public static PoolMarker parse(byte[] content) throws PoolException {
        JsonNode json = RemoteMarker.object(content, "pool.json");
        try {
            return new PoolMarker(
                    PoolId.parse(json.path("pool").asString("")),
                    Instant.parse(json.path("created").asString("")));
        } catch (DateTimeException e) {
            throw new PoolException(Reason.CORRUPT, "pool.json has no time of creation", e);
        }
    }

    public byte[] toBytes() {
        return RemoteMarker.bytes(RemoteMarker.newObject()
                .put("format", RemoteMarker.FORMAT)
                .put("pool", pool.hex())
                .put("created", created.toString()));
    }
}
