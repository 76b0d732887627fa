package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * A transaction as one line of JSON and back (docs/FORMAT.md, "Transactions"). The line has no line feed at its end. What
 * is read is not trusted: types, ranges, names and counts are checked, and what is unknown is refused.
 */
public final class TransactionCodec {
    /** A line that is longer is neither written nor read. */
    public static final int MAX_LINE_BYTES = JsonLine.MAX_BYTES;

    private TransactionCodec() {}

    /** INVALID when the line would be longer than {@link #MAX_LINE_BYTES}. */
    public static byte[] encode(Transaction transaction) throws PoolException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JsonLine.FACTORY.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            json.writeNumberProperty("tx", transaction.id());
            json.writeNumberProperty("t", transaction.nanos());
            json.writeArrayPropertyStart("ops");
            OpWriter ops = new OpWriter(json);
            for (Op op : transaction.ops()) {
                ops.write(op);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        if (line.size() > MAX_LINE_BYTES) {
            throw new PoolException(
                    Reason.INVALID,
                    "transaction " + transaction.id() + " would take " + line.size() + " bytes; at most "
                            + MAX_LINE_BYTES);
        }
        return line.toByteArray();
    }

    public static Transaction decode(byte[] line) throws PoolException {
        return decode(line, 0, line.length);
    }

    /**
     * Reads one line, without its line feed.
     *
     * @throws PoolException CORRUPT, or NEWER_FORMAT for an unknown op or field
     */
    public static Transaction decode(byte[] line, int offset, int length) throws PoolException {
        JsonFields fields = JsonLine.parse("transaction", line, offset, length);
        long id = fields.number("tx", 1, Long.MAX_VALUE - 1);
        long nanos = fields.number("t");
        List<Op> ops = new ArrayList<>();
        for (JsonFields op : fields.objects("ops")) {
            ops.add(OpReader.read(op));
        }
        if (ops.isEmpty()) {
            throw fields.corrupt("ops", "is empty");
        }
        fields.end();
        return new Transaction(id, nanos, List.copyOf(ops));
    }
}
