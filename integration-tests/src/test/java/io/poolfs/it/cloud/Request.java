package io.poolfs.it.cloud;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The head of one HTTP request. */
record Request(String method, String path, Map<String, String> headers) {
    private static final int LONGEST_LINE = 16 << 10;

    /** Null when the client has no more of them. */
    static @Nullable Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] words = first.split(" ");
        if (words.length != 3) {
            throw new IOException("no request: " + first);
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Request(words[0], path(words[1]), Map.copyOf(headers));
    }

    /** Where a MOVE or COPY goes. */
    String destination() {
        return path(header("destination"));
    }

    private static String path(String url) {
        String path = url.replaceFirst("^https?://[^/]*", "").replaceFirst("\\?.*", "");
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The body to its end. */
    InputStream body(InputStream in) {
        if (header("transfer-encoding").equalsIgnoreCase("chunked")) {
            return new Body(in, true, 0);
        }
        String length = header("content-length");
        return new Body(in, false, length.isEmpty() ? 0 : Long.parseLong(length));
    }

    static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.length() == 0) {
                    return null;
                }
                throw new EOFException("a head that breaks off");
            }
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a line without end");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** A body of a known length, or in chunks. */
    private static final class Body extends InputStream {
        private final InputStream in;
        private final boolean chunked;
        private long left;
        private boolean ended;

        Body(InputStream in, boolean chunked, long left) {
            this.in = in;
            this.chunked = chunked;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && chunked && !ended) {
                left = Long.parseLong(String.valueOf(line(in)).replaceFirst(";.*", ""), 16);
                ended = left == 0;
                if (ended) {
                    line(in);
                }
            }
            if (left == 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("a body that breaks off");
            }
            left -= count;
            if (left == 0 && chunked) {
                line(in);
            }
            return count;
        }
    }
}
