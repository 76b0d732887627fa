package io.poolfs.core.pool;

import io.poolfs.core.journal.HostIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which machine, which of its starts and which process this is. */
final class ThisHost {
    private ThisHost() {}

    static HostIdentity identity() {
        String host = read("/proc/sys/kernel/hostname", "localhost");
        return new HostIdentity(
                host,
                read("/etc/machine-id", host),
                read("/proc/sys/kernel/random/boot_id", "unknown"),
                ProcessHandle.current().pid(),
                pids());
    }

    /** Whether the other is a process that this machine has seen end. */
    static boolean isDead(HostIdentity other) {
        return identity().numbersAlike(other)
                && ProcessHandle.of(other.pid()).filter(ProcessHandle::isAlive).isEmpty();
    }

    private static @Nullable String pids() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException e) {
            return null;
        }
    }

    private static String read(String file, String otherwise) {
        try {
            String text = Files.readString(Path.of(file)).strip();
            return text.isEmpty() ? otherwise : text;
        } catch (IOException e) {
            return otherwise;
        }
    }
}
