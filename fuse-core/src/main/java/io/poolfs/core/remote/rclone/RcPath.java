package io.poolfs.core.remote.rclone;

import java.nio.charset.StandardCharsets;

/** Percent-encoding of paths in the rc server's addresses. */
final class RcPath {
    private static final String PLAIN = "-._~/";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private RcPath() {}

    static String encode(String path) {
        StringBuilder text = new StringBuilder(path.length() + 16);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || PLAIN.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
            }
        }
        return text.toString();
    }
}
