package io.poolfs.cli.socket;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One connection: messages of a JSON line, and raw bytes where its field {@code bytes} counts some. One thread at a time. */
final class Wire implements AutoCloseable {
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    /** A daemon has little memory; what asks is short. */
    private static final int MAX_REQUEST_BYTES = 4 << 20;

    private static final int MAX_PAYLOAD_BYTES = 16 << 20;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final String BYTES = "bytes";

    /** {@code payload} is null when the message has none. */
    record Message(JsonNode body, byte @Nullable [] payload) {}

    private final JsonMapper json;
    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;
    private final int maxLineBytes;

    /** As the client reads it. */
    Wire(JsonMapper json, SocketChannel channel) {
        this(json, channel, MAX_ANSWER_BYTES);
    }

    private Wire(JsonMapper json, SocketChannel channel, int maxLineBytes) {
        this.json = json;
        this.maxLineBytes = maxLineBytes;
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES);
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
    }

    /** As the daemon reads it. */
    static Wire ofRequests(JsonMapper json, SocketChannel channel) {
        return new Wire(json, channel, MAX_REQUEST_BYTES);
    }

    void send(ObjectNode body, byte @Nullable [] payload) throws IOException {
        if (payload != null) {
            body.put(BYTES, payload.length);
        }
        out.write(json.writeValueAsBytes(body));
        out.write('\n');
        if (payload != null) {
            out.write(payload);
        }
        out.flush();
    }

    /** Null when the other side closed the connection between messages. */
    @Nullable
    Message receive() throws IOException {
        String line = readLine();
        if (line == null) {
            return null;
        }
        JsonNode body = json.readTree(line);
        JsonNode count = body.path(BYTES);
        if (count.isMissingNode()) {
            return new Message(body, null);
        }
        int length = count.asInt(-1);
        if (length < 0 || length > MAX_PAYLOAD_BYTES) {
            throw new IOException("message with " + count + " bytes");
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("the connection ended within a message");
        }
        return new Message(body, payload);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private @Nullable String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("the connection ended within a message");
            }
            line.write(b);
            if (line.size() > maxLineBytes) {
                throw new IOException("a message of more than " + maxLineBytes + " bytes");
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
