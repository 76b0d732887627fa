package io.poolfs.core.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user and a machine as the test says; {@code /dev/shm} is a tmpfs of 8 GiB, everything else a disk of 100 GiB. */
public record FakeSurroundings(
        int uid, @Nullable Path home, boolean memoryFilesSurviveLogout, Map<String, String> variables)
        implements Surroundings {
    public static FakeSurroundings user() {
        return new FakeSurroundings(1000, Path.of("/home/ann"), true, Map.of());
    }

    @Override
    public @Nullable String environment(String name) {
        return variables.get(name);
    }

    @Override
    public Volume volume(Path path) {
        return path.startsWith("/dev/shm") ? new Volume(8L << 30, true) : new Volume(100L << 30, false);
    }
}
