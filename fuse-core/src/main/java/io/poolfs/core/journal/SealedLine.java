package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line of JSON that carries its own checksum: its last field is {@code sha256}, over all bytes of the line before the
 * comma in front of that field. Small objects have it that nothing else protects.
 */
final class SealedLine {
    private static final byte[] FIELD = ",\"sha256\":\"".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\"}\n".getBytes(StandardCharsets.UTF_8);

    private SealedLine() {}

    static byte[] of(ObjectNode node) {
        byte[] open = Fields.line(node);
        int length = open.length - "}\n".length();
        byte[] hash = Hashes.sha256(open, 0, length).hex().getBytes(StandardCharsets.UTF_8);
        byte[] sealed = Arrays.copyOf(open, length + FIELD.length + hash.length + END.length);
        System.arraycopy(FIELD, 0, sealed, length, FIELD.length);
        System.arraycopy(hash, 0, sealed, length + FIELD.length, hash.length);
        System.arraycopy(END, 0, sealed, sealed.length - END.length, END.length);
        return sealed;
    }

    /** CORRUPT unless the checksum is there and right. */
    static Fields open(byte[] line, String where) throws PoolException {
        int length = line.length - FIELD.length - 64 - END.length;
        if (length < 1
                || !Arrays.equals(line, length, length + FIELD.length, FIELD, 0, FIELD.length)
                || !Arrays.equals(line, line.length - END.length, line.length, END, 0, END.length)) {
            throw new PoolException(Reason.CORRUPT, where + " is not a line that ends with its checksum");
        }
        Fields fields = Fields.parse(line, where);
        String found = Hashes.sha256(line, 0, length).hex();
        if (!fields.text("sha256").equals(found)) {
            throw new PoolException(
                    Reason.CORRUPT, where + ": checksum is " + found + ", not " + fields.text("sha256"));
        }
        return fields;
    }
}
