package io.poolfs.core.adopt;

import io.poolfs.core.model.ObjectPath;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A manifest of rclonepool, version 1: one file and where its parts lie. What it says fits together; whether it is true
 * is another question. Its checksum is not looked at: it is made of name, size and count, and a file that was renamed
 * keeps that of its first name.
 *
 * @param filePath from the root, beginning with a slash
 * @param createdNanos when it was written, nanoseconds since 1970
 * @param parts in order, without gaps; those without bytes left out
 */
record OldManifest(String filePath, long sizeBytes, long createdNanos, List<Part> parts) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long MAX_SIZE_BYTES = 1L << 50;
    private static final long MAX_PART_BYTES = 1L << 40;
    private static final double LAST_SECOND = 4e9;

    /**
     * @param remote as rclone names it, with its colon
     * @param path of the object there
     */
    record Part(String remote, String path, long sizeBytes, long offset) {}

    /** CORRUPT for what is no manifest or contradicts itself, NEWER_FORMAT for another version. */
    static OldManifest parse(byte[] content) throws PoolException {
        JsonNode json;
        try {
            json = JSON.readTree(content);
        } catch (JacksonException e) {
            throw new PoolException(Reason.CORRUPT, "its manifest is no JSON", e);
        }
        if (!json.isObject() || json.path("version").asInt(0) != 1) {
            throw new PoolException(
                    Reason.NEWER_FORMAT,
                    "its manifest has version " + json.path("version") + "; version 1 can be taken over");
        }
        String path = filePath(json);
        long size = size(json, "file_size", 0, MAX_SIZE_BYTES);
        List<Part> parts = parts(json, size);
        return new OldManifest(path, size, createdNanos(json), parts);
    }

    private static String filePath(JsonNode json) throws PoolException {
        String path = text(json, "file_path");
        String relative = path.startsWith("/") ? path.substring(1) : path;
        if (!ObjectPath.isValid(relative)) {
            throw corrupt("file_path", "is no path of a file: \"" + path + "\"");
        }
        return "/" + relative;
    }

    private static List<Part> parts(JsonNode json, long fileSize) throws PoolException {
        JsonNode list = json.path("chunks");
        if (!list.isArray() || size(json, "chunk_count", 0, Integer.MAX_VALUE) != list.size()) {
            throw corrupt("chunk_count", "is not the number of its chunks");
        }
        List<Part> parts = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < list.size(); i++) {
            JsonNode item = list.get(i);
            long size = size(item, "size", 0, MAX_PART_BYTES);
            if (size(item, "index", 0, Integer.MAX_VALUE) != i || size(item, "offset", 0, MAX_SIZE_BYTES) != end) {
                throw corrupt("chunks", "are not in order without gaps at number " + i);
            }
            String path = text(item, "path");
            if (!ObjectPath.isValid(path)) {
                throw corrupt("path", "of chunk " + i + " is no path: \"" + path + "\"");
            }
            if (size > 0) {
                parts.add(new Part(text(item, "remote"), path, size, end));
            }
            end += size;
        }
        if (end != fileSize) {
            throw corrupt("file_size", "is " + fileSize + ", its chunks have " + end + " bytes");
        }
        return List.copyOf(parts);
    }

    private static long createdNanos(JsonNode json) {
        double seconds = json.path("created_at").asDouble(0);
        return seconds > 0 && seconds < LAST_SECOND ? Math.round(seconds * 1e9) : 0;
    }

    private static String text(JsonNode json, String field) throws PoolException {
        JsonNode value = json.path(field);
        if (!value.isString() || value.asString().isEmpty()) {
            throw corrupt(field, "is missing");
        }
        return value.asString();
    }

    private static long size(JsonNode json, String field, long least, long most) throws PoolException {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw corrupt(field, "is no integer");
        }
        long number = value.asLong();
        if (number < least || number > most) {
            throw corrupt(field, "is " + number);
        }
        return number;
    }

    private static PoolException corrupt(String field, String problem) {
        return new PoolException(Reason.CORRUPT, "its manifest is damaged: \"" + field + "\" " + problem);
    }
}
