package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * One line of JSON in the formats: how it is read, without trust. A line holds one object; numbers are 64-bit integers;
 * nothing nests deeper than the formats need.
 */
final class JsonLine {
    /** No line of any format is longer. */
    static final int MAX_BYTES = 64 << 20;

    /** The largest single value is an extended attribute in base64. */
    private static final int MAX_STRING_CHARS = 16 << 20;

    private static final int MAX_DEPTH = 6;
    private static final int MAX_DIGITS = 20;
    private static final int MAX_NAME_CHARS = 40;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_DIGITS)
                    .maxStringLength(MAX_STRING_CHARS)
                    .maxNameLength(MAX_NAME_CHARS)
                    .maxDocumentLength(MAX_BYTES)
                    .build())
            .build();

    /** Stands for JSON's null among the values. */
    static final Object NULL = new Object();

    private JsonLine() {}

    /** Reads the object that is the whole line. CORRUPT when it is anything else. */
    static JsonFields parse(String what, byte[] line, int offset, int length) throws PoolException {
        if (length > MAX_BYTES) {
            throw new PoolException(Reason.CORRUPT, what + " of " + length + " bytes; at most " + MAX_BYTES);
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), line, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new PoolException(Reason.CORRUPT, what + " is no JSON object");
            }
            JsonFields fields = object(what, parser);
            if (parser.nextToken() != null) {
                throw new PoolException(Reason.CORRUPT, what + " has something behind its JSON object");
            }
            return fields;
        } catch (JacksonException e) {
            throw new PoolException(Reason.CORRUPT, what + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonFields object(String what, JsonParser parser) throws PoolException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (fields.put(name, value(what, parser, parser.nextToken())) != null) {
                throw new PoolException(Reason.CORRUPT, what + " has the field \"" + name + "\" twice");
            }
        }
        return new JsonFields(what, fields);
    }

    private static Object value(String what, JsonParser parser, JsonToken token) throws PoolException {
        return switch (token) {
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> number(what, parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> NULL;
            case START_OBJECT -> object(what, parser);
            case START_ARRAY -> array(what, parser);
            default ->
                throw new PoolException(
                        Reason.CORRUPT, what + " has a value that is no string, integer, list or object");
        };
    }

    private static Long number(String what, JsonParser parser) throws PoolException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new PoolException(Reason.CORRUPT, what + " has a number beyond 64 bits");
        }
        return parser.getLongValue();
    }

    private static List<Object> array(String what, JsonParser parser) throws PoolException {
        List<Object> items = new ArrayList<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            items.add(value(what, parser, next));
        }
        return items;
    }
}
