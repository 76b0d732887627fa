package io.poolfs.core.remote.rclone;

import io.poolfs.core.time.Scheduler;
import java.util.HexFormat;

/** Random credentials for one start of a server on loopback. */
final class Secrets {
    private static final int BYTES = 24;

    private Secrets() {}

    static String next(Scheduler scheduler) {
        byte[] bytes = new byte[BYTES];
        scheduler.random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
