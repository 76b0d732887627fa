package io.poolfs.mount.system;

import java.nio.charset.Charset;
import java.nio.file.Path;

/** The bytes by which the system knows a path. */
public final class NativePath {
    /** What the JDK itself turns paths into bytes with. */
    private static final Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private NativePath() {}

    public static byte[] bytes(Path path) {
        return path.toString().getBytes(CHARSET);
    }
}
