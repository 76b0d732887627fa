package io.poolfs.cli.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An absolute path in the pool, as names. In JSON its text, or {@code b64:} and its bytes where that is no UTF-8. */
public record PoolPath(List<FileName> names) {
    public static final PoolPath ROOT = new PoolPath(List.of());
    private static final String BASE64 = "b64:";

    public PoolPath {
        names = List.copyOf(names);
    }

    /** Reads what a person typed: {@code /} first, empty and {@code .} components dropped, {@code ..} resolved. */
    public static PoolPath of(String text) throws PoolException {
        if (!text.startsWith("/")) {
            throw new PoolException(
                    Reason.INVALID, "paths in the pool start with /: \"" + text + "\" (meant \"/" + text + "\"?)");
        }
        return ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @JsonCreator
    static PoolPath fromJson(String text) {
        try {
            return text.startsWith(BASE64)
                    ? ofBytes(Base64.getDecoder().decode(text.substring(BASE64.length())))
                    : of(text);
        } catch (PoolException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @JsonValue
    String toJson() {
        if (names.stream().allMatch(name -> name.utf8() != null)) {
            return toString();
        }
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        for (FileName name : names) {
            bytes.write('/');
            bytes.writeBytes(name.bytes());
        }
        return BASE64 + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    public boolean isRoot() {
        return names.isEmpty();
    }

    /** The root's parent is the root. */
    public PoolPath parent() {
        return isRoot() ? this : new PoolPath(names.subList(0, names.size() - 1));
    }

    /** The last name; the root has none: INVALID. */
    public FileName name() throws PoolException {
        if (isRoot()) {
            throw new PoolException(Reason.INVALID, "this cannot be done to / itself");
        }
        return names.get(names.size() - 1);
    }

    public PoolPath child(FileName name) {
        List<FileName> longer = new ArrayList<>(names);
        longer.add(name);
        return new PoolPath(longer);
    }

    public boolean startsWith(PoolPath other) {
        return names.size() >= other.names.size()
                && names.subList(0, other.names.size()).equals(other.names);
    }

    @Override
    public String toString() {
        return "/" + String.join("/", names.stream().map(FileName::toString).toList());
    }

    private static PoolPath ofBytes(byte[] bytes) throws PoolException {
        List<FileName> names = new ArrayList<>();
        int start = 0;
        for (int end = 0; end <= bytes.length; end++) {
            if (end == bytes.length || bytes[end] == '/') {
                add(names, java.util.Arrays.copyOfRange(bytes, start, end));
                start = end + 1;
            }
        }
        return new PoolPath(names);
    }

    private static void add(List<FileName> names, byte[] part) throws PoolException {
        if (part.length == 0 || (part.length == 1 && part[0] == '.')) {
            return;
        }
        if (part.length == 2 && part[0] == '.' && part[1] == '.') {
            if (!names.isEmpty()) {
                names.remove(names.size() - 1);
            }
            return;
        }
        names.add(FileName.of(part));
    }
}
