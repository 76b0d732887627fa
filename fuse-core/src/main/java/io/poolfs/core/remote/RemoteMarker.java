package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The content of {@code remote.json}: which remote of which pool this is. */
public record RemoteMarker(PoolId pool, RemoteId remote) {
    static final int FORMAT = 1;

    private static final String CHECKSUM = "crc32c";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** CORRUPT for what is no such file, NEWER_FORMAT for a later format. */
    public static RemoteMarker parse(byte[] content) throws PoolException {
        JsonNode json = object(content, "remote.json");
        RemoteMarker marker = new RemoteMarker(
                PoolId.parse(json.path("pool").asString("")),
                RemoteId.parse(json.path("remote").asString("")));
        // Chunks are recorded under this id: one that was read wrong would lead nowhere for ever.
        if (json.has(CHECKSUM) && !json.path(CHECKSUM).asString("").equals(marker.checksum())) {
            throw new PoolException(Reason.CORRUPT, "remote.json does not have its checksum");
        }
        return marker;
    }

    private String checksum() {
        CRC32C sum = new CRC32C();
        sum.update((pool.hex() + remote.hex()).getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    public byte[] toBytes() {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", FORMAT)
                .put("pool", pool.hex())
                .put("remote", remote.hex())
                .put(CHECKSUM, checksum());
        return bytes(json);
    }

    static byte[] bytes(ObjectNode json) {
        return (JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static ObjectNode newObject() {
        return JSON.createObjectNode();
    }

    /** Reads an object and checks its format. */
    static JsonNode object(byte[] content, String what) throws PoolException {
        JsonNode json;
        try {
            json = JSON.readTree(content);
        } catch (JacksonException e) {
            throw new PoolException(Reason.CORRUPT, what + " is not JSON", e);
        }
        if (!json.isObject() || !json.path("format").isIntegralNumber()) {
            throw new PoolException(Reason.CORRUPT, what + " has no format");
        }
        int format = json.path("format").asInt(0);
        if (format > FORMAT) {
            throw new PoolException(
                    Reason.NEWER_FORMAT,
                    what + " has format " + format + "; this poolfs reads up to " + FORMAT
                            + ": install a newer poolfs");
        }
        return json;
    }
}
