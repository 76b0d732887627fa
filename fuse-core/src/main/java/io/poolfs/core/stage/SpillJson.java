package io.poolfs.core.stage;

import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The form of a {@link SpillRecord}: the SHA-256 of what follows as 64 hex digits and a line feed, then one JSON object.
 *
 * <pre>{@code
 * {"format":1,"ino":…,"number":…,"base":…,"last":…,"size":…,"base_limit":…,"mtime":…,"ctime":…,"atime":…|absent,
 *  "ranges":[[offset,length]…],"data_sha256":"…",
 *  "pending":[{"o":…,"l":…}|{"o":…,"l":…,"c":"chunk id","co":piece offset,"cl":piece length,"h":"sha256","skip":…}…],
 *  "chunks":[{"id":"…","remote":"…","size":…,"epoch":…,"crc32c":"8 hex digits per MiB"}…]}
 * }</pre>
 */
final class SpillJson {
    private static final int FORMAT = 1;
    private static final int HEX_DIGITS = 8;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SpillJson() {}

    static byte[] write(SpillRecord spilled) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("ino", spilled.inode())
                .put("number", spilled.number())
                .put("base", spilled.baseVersion())
                .put("last", spilled.lastVersion())
                .put("size", spilled.sizeBytes())
                .put("base_limit", spilled.baseLimit())
                .put("mtime", spilled.modifyNanos())
                .put("ctime", spilled.changeNanos());
        if (spilled.accessNanos() != null) {
            json.put("atime", spilled.accessNanos());
        }
        ArrayNode ranges = json.putArray("ranges");
        spilled.ranges().forEach(range -> ranges.addArray().add(range.offset()).add(range.lengthBytes()));
        json.put("data_sha256", spilled.dataHash().hex());
        ArrayNode pending = json.putArray("pending");
        spilled.pending().forEach(run -> pending(pending.addObject(), run));
        ArrayNode chunks = json.putArray("chunks");
        spilled.chunks().forEach(chunk -> chunk(chunks.addObject(), chunk));
        byte[] body = JSON.writeValueAsBytes(json);
        byte[] head = (digest(body) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    /** CORRUPT for anything that {@link #write} did not write; NEWER_FORMAT for a later format. */
    static SpillRecord read(String what, byte[] content) throws PoolException {
        int head = 2 * Sha256.BYTES + 1;
        try {
            byte[] body = Arrays.copyOfRange(content, Math.min(head, content.length), content.length);
            String expected = new String(content, 0, Math.min(head, content.length), StandardCharsets.US_ASCII);
            if (!expected.equals(digest(body) + "\n")) {
                throw new PoolException(Reason.CORRUPT, what + " does not have the checksum that it states");
            }
            return parse(what, JSON.readTree(body));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new PoolException(Reason.CORRUPT, what + " is no spill record", e);
        }
    }

    private static SpillRecord parse(String what, JsonNode json) throws PoolException {
        if (json.path("format").asInt(0) > FORMAT) {
            throw new PoolException(Reason.NEWER_FORMAT, what + " has format " + json.path("format"));
        }
        List<ByteRange> ranges = new ArrayList<>();
        for (JsonNode range : json.path("ranges")) {
            ranges.add(new ByteRange(range.path(0).asLong(), range.path(1).asLong()));
        }
        List<PendingExtent> pending = new ArrayList<>();
        for (JsonNode run : json.path("pending")) {
            pending.add(pending(run));
        }
        List<Chunk> chunks = new ArrayList<>();
        for (JsonNode chunk : json.path("chunks")) {
            chunks.add(chunk(chunk));
        }
        return new SpillRecord(
                json.path("ino").asLong(),
                json.path("number").asLong(),
                json.path("base").asLong(),
                json.path("last").asLong(),
                json.path("size").asLong(),
                json.path("base_limit").asLong(),
                json.path("mtime").asLong(),
                json.path("ctime").asLong(),
                json.has("atime") ? json.path("atime").asLong() : null,
                ranges,
                Sha256.parse(json.path("data_sha256").asString("")),
                pending,
                chunks);
    }

    private static void pending(ObjectNode json, PendingExtent run) {
        json.put("o", run.fileRange().offset()).put("l", run.fileRange().lengthBytes());
        Extent extent = run.extent();
        if (extent != null) {
            json.put("c", extent.piece().chunk().hex())
                    .put("co", extent.piece().offset())
                    .put("cl", extent.piece().lengthBytes())
                    .put("h", Objects.requireNonNull(extent.piece().hash()).hex())
                    .put("skip", extent.skipBytes());
        }
    }

    private static PendingExtent pending(JsonNode json) throws PoolException {
        ByteRange range = new ByteRange(json.path("o").asLong(), json.path("l").asLong());
        if (!json.has("c")) {
            return new PendingExtent(range, null);
        }
        Piece piece = new Piece(
                ChunkId.parse(json.path("c").asString("")),
                json.path("co").asLong(),
                json.path("cl").asLong(),
                Sha256.parse(json.path("h").asString("")));
        return new PendingExtent(
                range,
                new Extent(
                        range.offset(),
                        range.lengthBytes(),
                        piece,
                        json.path("skip").asLong()));
    }

    private static void chunk(ObjectNode json, Chunk chunk) {
        StringBuilder checksums = new StringBuilder();
        for (int checksum : chunk.crc32c()) {
            checksums.append(HexFormat.of().toHexDigits(checksum));
        }
        json.put("id", chunk.id().hex())
                .put("remote", chunk.remote().hex())
                .put("size", chunk.sizeBytes())
                .put("epoch", chunk.epoch())
                .put("crc32c", checksums.toString());
    }

    private static Chunk chunk(JsonNode json) throws PoolException {
        String text = json.path("crc32c").asString("");
        int[] checksums = new int[text.length() / HEX_DIGITS];
        for (int i = 0; i < checksums.length; i++) {
            checksums[i] = HexFormat.fromHexDigits(text, i * HEX_DIGITS, (i + 1) * HEX_DIGITS);
        }
        return new Chunk(
                ChunkId.parse(json.path("id").asString("")),
                RemoteId.parse(json.path("remote").asString("")),
                json.path("size").asLong(),
                json.path("epoch").asLong(),
                checksums);
    }

    private static String digest(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
