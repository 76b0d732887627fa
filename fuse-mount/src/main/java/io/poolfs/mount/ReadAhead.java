package io.poolfs.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far the kernel reads ahead of a program on a mount. Its default is an eighth of what one request can carry. */
final class ReadAhead {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
    private static final Path DEVICES = Path.of("/sys/class/bdi");
    private static final int KIBIBYTES = 1024;

    private ReadAhead() {}

    /** Only root may; for others the kernel's default stays. {@code device}: {@code major:minor}. */
    static void raise(String device) {
        Path setting = DEVICES.resolve(device).resolve("read_ahead_kb");
        try {
            Files.writeString(setting, Integer.toString(KIBIBYTES));
        } catch (IOException e) {
            LOG.debug("the kernel reads ahead as it does by default: {}", e.toString());
        }
    }
}
