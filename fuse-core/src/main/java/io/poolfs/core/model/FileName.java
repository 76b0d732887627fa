package io.poolfs.core.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The name of a directory entry: 1 to 255 bytes, no {@code /}, no NUL, not {@code .} or {@code ..}. Immutable. */
public final class FileName implements Comparable<FileName> {
    public static final int MAX_BYTES = 255;

    /** The entry of a directory for itself; only listings have it. */
    public static final FileName DOT = new FileName(new byte[] {'.'});

    /** The entry of a directory for its parent; only listings have it. */
    public static final FileName DOT_DOT = new FileName(new byte[] {'.', '.'});

    private final byte[] bytes;

    private FileName(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the bytes over (no copy). NAME_TOO_LONG above 255 bytes, INVALID for what cannot be a name. */
    public static FileName of(byte[] bytes) throws PoolException {
        if (bytes.length > MAX_BYTES) {
            throw new PoolException(
                    Reason.NAME_TOO_LONG, "name of " + bytes.length + " bytes; at most " + MAX_BYTES + " are possible");
        }
        if (bytes.length == 0 || isDots(bytes)) {
            throw new PoolException(Reason.INVALID, "not a name: \"" + new FileName(bytes) + "\"");
        }
        for (byte b : bytes) {
            if (b == 0 || b == '/') {
                throw new PoolException(Reason.INVALID, "name with NUL or slash: \"" + new FileName(bytes) + "\"");
            }
        }
        return new FileName(bytes);
    }

    public static FileName of(String utf8) throws PoolException {
        return of(utf8.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    public void write(ByteBuffer dst) {
        dst.put(bytes);
    }

    /** The name as text, or null when the bytes are not valid UTF-8. */
    public @Nullable String utf8() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Override
    public int compareTo(FileName other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileName that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people: UTF-8 with replacement characters where the bytes are not. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static boolean isDots(byte[] bytes) {
        return bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'));
    }
}
