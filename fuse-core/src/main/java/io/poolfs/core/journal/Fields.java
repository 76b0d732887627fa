package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a small JSON object that may come from anywhere: bounded, and CORRUPT with the object's name for
 * whatever is not as it must be.
 */
final class Fields {
    /** No header, claim or identity is longer. */
    static final int MAX_BYTES = 64 << 10;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxStringLength(MAX_BYTES)
                            .maxDocumentLength(MAX_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode node;
    private final String what;

    private Fields(JsonNode node, String what) {
        this.node = node;
        this.what = what;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static byte[] line(ObjectNode node) {
        byte[] json = JSON.writeValueAsBytes(node);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    static Fields parse(byte[] json, String what) throws PoolException {
        return parse(json, 0, json.length, what);
    }

    static Fields parse(byte[] json, int offset, int length, String what) throws PoolException {
        if (length > MAX_BYTES) {
            throw new PoolException(Reason.CORRUPT, what + " has " + length + " bytes; at most " + MAX_BYTES);
        }
        try {
            JsonNode node = JSON.readTree(json, offset, length);
            if (node != null && node.isObject()) {
                return new Fields(node, what);
            }
        } catch (JacksonException e) {
            throw new PoolException(Reason.CORRUPT, what + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new PoolException(Reason.CORRUPT, what + " is not a JSON object");
    }

    /** Refuses a newer format with NEWER_FORMAT and another kind of object with CORRUPT. */
    Fields require(String kind) throws PoolException {
        long format = number("format", 1, Integer.MAX_VALUE);
        if (format > Layout.FORMAT) {
            throw new PoolException(
                    Reason.NEWER_FORMAT,
                    what + " has format " + format + "; this poolfs reads up to " + Layout.FORMAT
                            + ": install a newer poolfs");
        }
        String found = text("kind");
        if (!found.equals(kind)) {
            throw new PoolException(Reason.CORRUPT, what + " is a \"" + found + "\", not a \"" + kind + "\"");
        }
        return this;
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    String text(String field) throws PoolException {
        JsonNode value = node.get(field);
        if (value == null || !value.isString()) {
            throw wrong(field, "text");
        }
        return value.stringValue();
    }

    String text(String field, String absent) throws PoolException {
        return has(field) ? text(field) : absent;
    }

    long number(String field, long atLeast, long atMost) throws PoolException {
        JsonNode value = node.get(field);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(field, "a whole number");
        }
        long number = value.longValue();
        if (number < atLeast || number > atMost) {
            throw new PoolException(
                    Reason.CORRUPT, what + ": " + field + " is " + number + ", not in " + atLeast + " to " + atMost);
        }
        return number;
    }

    boolean flag(String field) throws PoolException {
        JsonNode value = node.get(field);
        if (value == null || !value.isBoolean()) {
            throw wrong(field, "true or false");
        }
        return value.booleanValue();
    }

    /** Null where the field is null; CORRUPT where it is absent. */
    @Nullable
    Fields object(String field) throws PoolException {
        JsonNode value = node.get(field);
        if (value == null || !(value.isNull() || value.isObject())) {
            throw wrong(field, "an object or null");
        }
        return value.isNull() ? null : new Fields(value, what + ": " + field);
    }

    private PoolException wrong(String field, String expected) {
        return new PoolException(Reason.CORRUPT, what + ": " + field + " is not " + expected);
    }
}
