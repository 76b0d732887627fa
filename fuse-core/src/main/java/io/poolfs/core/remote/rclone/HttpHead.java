package io.poolfs.core.remote.rclone;

import java.io.IOException;
import java.util.Locale;

/**
 * Status and headers of an HTTP response, as far as we use them.
 *
 * @param contentLength -1 when not told
 * @param rangeTotalBytes the object's size out of Content-Range, -1 when not told
 */
record HttpHead(int status, long contentLength, boolean chunked, boolean closes, long rangeTotalBytes) {
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    static HttpHead ofStatusLine(String line) throws IOException {
        String[] parts = line.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
            throw new IOException("not an HTTP response: \"" + line + "\"");
        }
        return new HttpHead((int) number(parts[1], line), -1, false, parts[0].equals("HTTP/1.0"), -1);
    }

    HttpHead withHeader(String line) throws IOException {
        int colon = line.indexOf(':');
        if (colon <= 0) {
            throw new IOException("not an HTTP header: \"" + line + "\"");
        }
        String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        String value = line.substring(colon + 1).strip();
        return switch (name) {
            case "content-length" -> new HttpHead(status, number(value, line), chunked, closes, rangeTotalBytes);
            case "transfer-encoding" ->
                new HttpHead(status, contentLength, value.equalsIgnoreCase("chunked"), closes, rangeTotalBytes);
            case "connection" ->
                new HttpHead(status, contentLength, chunked, value.equalsIgnoreCase("close"), rangeTotalBytes);
            case "content-range" -> new HttpHead(status, contentLength, chunked, closes, total(value));
            default -> this;
        };
    }

    /** Whether the end of the body can be told without the end of the connection. */
    boolean hasBodyLength() {
        return chunked || contentLength >= 0 || status == NO_CONTENT || status == NOT_MODIFIED;
    }

    private static long total(String value) {
        int slash = value.lastIndexOf('/');
        try {
            return slash < 0 ? -1 : Long.parseLong(value.substring(slash + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static long number(String value, String line) throws IOException {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IOException("not a number in \"" + line + "\"", e);
        }
        throw new IOException("negative number in \"" + line + "\"");
    }
}
