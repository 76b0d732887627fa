package io.poolfs.core.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a pool's local files are when the configuration does not say. */
final class LocalPlaces {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Surroundings surroundings;
    private final String pool;
    private final List<String> notes;

    LocalPlaces(Surroundings surroundings, String pool, List<String> notes) {
        this.surroundings = surroundings;
        this.pool = pool;
        this.notes = notes;
    }

    /** In tmpfs, unless there is none or logind would empty it under a logged-out user. Then a note says so. */
    Path cacheDir() {
        if (!surroundings.volume(SHARED_MEMORY).inMemory()) {
            notes.add("the cache is on disk: " + SHARED_MEMORY + " is no tmpfs; `cache_dir` can name another one");
            return onDisk("XDG_CACHE_HOME", ".cache", "/var/cache/poolfs");
        }
        if (!surroundings.memoryFilesSurviveLogout()) {
            notes.add("the cache is on disk: logind removes your files from " + SHARED_MEMORY
                    + " when you log out. `loginctl enable-linger` lets them stay; the cache is then in memory");
            return onDisk("XDG_CACHE_HOME", ".cache", "/var/cache/poolfs");
        }
        return SHARED_MEMORY
                .resolve(surroundings.uid() == 0 ? "poolfs" : "poolfs-" + surroundings.uid())
                .resolve(pool);
    }

    Path stateDir() {
        return onDisk("XDG_STATE_HOME", ".local/state", "/var/lib/poolfs");
    }

    private Path onDisk(String variable, String below, String withoutHome) {
        @Nullable String set = surroundings.environment(variable);
        if (set != null && set.startsWith("/")) {
            return Path.of(set, "poolfs", pool);
        }
        @Nullable Path home = surroundings.home();
        return home == null
                ? Path.of(withoutHome, pool)
                : home.resolve(below).resolve("poolfs").resolve(pool);
    }
}
