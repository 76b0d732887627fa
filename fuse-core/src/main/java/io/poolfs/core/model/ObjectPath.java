package io.poolfs.core.model;

import java.nio.charset.StandardCharsets;

/** What may be the path of an object that others named. */
public final class ObjectPath {
    private static final int MAX_BYTES = 4096;

    private ObjectPath() {}

    /** Relative, without empty components, {@code .} and {@code ..}, without control characters, not too long. */
    public static boolean isValid(String path) {
        if (path.isEmpty()
                || path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                || path.chars().anyMatch(c -> c < 0x20 || c == 0x7f)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            return false;
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }
}
