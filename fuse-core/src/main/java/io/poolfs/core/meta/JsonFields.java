package io.poolfs.core.meta;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object that somebody else wrote: each is taken once, with its type and range checked; {@link
 * #end} refuses what nobody took. Every complaint names the object and the field.
 */
final class JsonFields {
    private final String what;
    private final Map<String, Object> fields;

    JsonFields(String what, Map<String, Object> fields) {
        this.what = what;
        this.fields = fields;
    }

    boolean has(String field) {
        return fields.containsKey(field);
    }

    /** A field that nobody knows can only come from a newer poolfs. */
    void end() throws PoolException {
        if (!fields.isEmpty()) {
            throw new PoolException(
                    Reason.NEWER_FORMAT,
                    what + " has the unknown field \""
                            + fields.keySet().iterator().next() + "\": written by a newer poolfs?");
        }
    }

    String text(String field) throws PoolException {
        if (take(field) instanceof String text) {
            return text;
        }
        throw corrupt(field, "is no text");
    }

    /** At least 0. */
    long size(String field) throws PoolException {
        return number(field, 0, Long.MAX_VALUE);
    }

    long size(String field, long absent) throws PoolException {
        return has(field) ? size(field) : absent;
    }

    long number(String field) throws PoolException {
        return number(field, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    long number(String field, long least, long most) throws PoolException {
        if (!(take(field) instanceof Long number)) {
            throw corrupt(field, "is no integer");
        }
        if (number < least || number > most) {
            throw corrupt(field, "is " + number + ", outside of " + least + " to " + most);
        }
        return number;
    }

    @Nullable
    Long optionalNumber(String field) throws PoolException {
        return has(field) ? (Long) number(field) : null;
    }

    long inode(String field) throws PoolException {
        return number(field, 1, NamespaceOps.MAX_INODE);
    }

    long optionalInode(String field) throws PoolException {
        return has(field) ? inode(field) : 0;
    }

    /** An id of a user or group: 32 bits, unsigned in the text. */
    int account(String field) throws PoolException {
        return (int) number(field, 0, 0xffff_ffffL);
    }

    @Nullable
    Integer optionalAccount(String field) throws PoolException {
        return has(field) ? (Integer) account(field) : null;
    }

    boolean flag(String field) throws PoolException {
        if (!has(field)) {
            return false;
        }
        if (take(field) instanceof Boolean flag) {
            return flag;
        }
        throw corrupt(field, "is neither true nor false");
    }

    /** The name of an entry: {@code field}, or {@code field_b64} where it is not UTF-8. */
    FileName fileName(String field) throws PoolException {
        if (has(field) == has(field + "_b64")) {
            throw corrupt(field, "must be there either so or as " + field + "_b64");
        }
        try {
            return FileName.of(has(field) ? utf8(field, text(field)) : bytes(field + "_b64"));
        } catch (PoolException e) {
            throw e.reason() == Reason.CORRUPT ? e : new PoolException(Reason.CORRUPT, what + ": " + e.getMessage(), e);
        }
    }

    byte[] bytes(String field) throws PoolException {
        String text = text(field);
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new PoolException(Reason.CORRUPT, describe(field) + " is no base64", e);
        }
        throw corrupt(field, "is no base64 in its one form");
    }

    byte @Nullable [] optionalBytes(String field) throws PoolException {
        return has(field) ? bytes(field) : null;
    }

    byte @Nullable [] bytesOrNull(String field) throws PoolException {
        if (fields.get(field) == JsonLine.NULL) {
            fields.remove(field);
            return null;
        }
        return bytes(field);
    }

    ChunkId chunk(String field) throws PoolException {
        String text = text(field);
        if (!ChunkId.isValid(text)) {
            throw corrupt(field, "is no chunk id");
        }
        return ChunkId.parse(text);
    }

    RemoteId remote(String field) throws PoolException {
        String text = text(field);
        if (!RemoteId.isValid(text)) {
            throw corrupt(field, "is no remote id");
        }
        return RemoteId.parse(text);
    }

    List<JsonFields> objects(String field) throws PoolException {
        List<JsonFields> objects = new ArrayList<>();
        for (Object item : list(field)) {
            if (!(item instanceof JsonFields object)) {
                throw corrupt(field, "is no list of objects");
            }
            objects.add(object);
        }
        return objects;
    }

    List<Long> inodes(String field) throws PoolException {
        List<Long> numbers = new ArrayList<>();
        for (Object item : list(field)) {
            if (!(item instanceof Long number) || number < 1 || number > NamespaceOps.MAX_INODE) {
                throw corrupt(field, "is no list of inode numbers");
            }
            numbers.add(number);
        }
        return numbers;
    }

    List<?> list(String field) throws PoolException {
        if (take(field) instanceof List<?> list) {
            return list;
        }
        throw corrupt(field, "is no list");
    }

    PoolException corrupt(String field, String problem) {
        return new PoolException(Reason.CORRUPT, describe(field) + " " + problem);
    }

    private Object take(String field) throws PoolException {
        Object value = fields.remove(field);
        if (value == null) {
            throw corrupt(field, "is missing");
        }
        return value;
    }

    /** Text as UTF-8; a surrogate without its other half has none. */
    byte[] utf8(String field, String text) throws PoolException {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new PoolException(Reason.CORRUPT, describe(field) + " is no valid text", e);
        }
    }

    private String describe(String field) {
        return what + ": \"" + field + "\"";
    }
}
