package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where configurations are searched: the user's folder, then {@code /etc/poolfs}. */
public final class ConfigFiles {
    private static final String POOL_VARIABLE = "POOLFS_POOL";
    private static final List<String> ENDINGS = List.of(".yaml", ".yml");

    private final Surroundings surroundings;
    private final List<Path> directories;

    public ConfigFiles(Surroundings surroundings) {
        this(surroundings, directories(surroundings));
    }

    /** For callers that search elsewhere, such as the mount helper in another user's home. */
    public ConfigFiles(Surroundings surroundings, List<Path> directories) {
        this.surroundings = surroundings;
        this.directories = List.copyOf(directories);
    }

    /** Where {@code init} writes: the user's folder. */
    public Path newFile(String pool) {
        return directories.get(0).resolve(pool + ".yaml");
    }

    /** Every configured pool and its file; a pool of the user hides one of the system. */
    public Map<String, Path> all() {
        Map<String, Path> found = new LinkedHashMap<>();
        for (Path directory : directories) {
            for (Path file : yamlIn(directory)) {
                found.putIfAbsent(ConfigReader.nameOf(file), file);
            }
        }
        return found;
    }

    /**
     * The file of the pool that is meant: the one asked for, else POOLFS_POOL, else the only one.
     *
     * @param asked a pool's name, or the path of a configuration file; may be null
     */
    public Path find(@Nullable String asked) throws PoolException {
        String name = asked != null ? asked : surroundings.environment(POOL_VARIABLE);
        Map<String, Path> pools = all();
        if (name != null && !name.isBlank()) {
            return named(name, pools);
        }
        if (pools.size() == 1) {
            return pools.values().iterator().next();
        }
        throw new PoolException(
                Reason.CONFIG,
                pools.isEmpty()
                        ? "no pool is configured (looked in " + places() + "); `poolfs init` makes one, `poolfs attach`"
                                + " takes up an existing one"
                        : "several pools are configured; choose with --pool or " + POOL_VARIABLE + ": "
                                + listed(pools));
    }

    private Path named(String name, Map<String, Path> pools) throws PoolException {
        if (name.contains("/")) {
            Path file = Path.of(name).toAbsolutePath().normalize();
            if (Files.isRegularFile(file)) {
                return file;
            }
            throw new PoolException(Reason.CONFIG, "there is no configuration file " + file);
        }
        Path file = pools.get(name);
        if (file != null) {
            return file;
        }
        throw new PoolException(
                Reason.CONFIG,
                "no pool \"" + name + "\" is configured (looked in " + places() + "); "
                        + (pools.isEmpty() ? "`poolfs init " + name + "` makes one" : "there are: " + listed(pools)));
    }

    private String places() {
        return String.join(" and ", directories.stream().map(Path::toString).toList());
    }

    private static String listed(Map<String, Path> pools) {
        return String.join(", ", new TreeSet<>(pools.keySet()));
    }

    private static List<Path> directories(Surroundings surroundings) {
        List<Path> directories = new ArrayList<>();
        String set = surroundings.environment("XDG_CONFIG_HOME");
        Path home = surroundings.home();
        if (set != null && set.startsWith("/")) {
            directories.add(Path.of(set, "poolfs"));
        } else if (home != null) {
            directories.add(home.resolve(".config/poolfs"));
        }
        directories.add(Path.of("/etc/poolfs"));
        return directories;
    }

    private static List<Path> yamlIn(Path directory) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (ENDINGS.stream().anyMatch(name::endsWith) && !name.startsWith(".")) {
                    files.add(entry);
                }
            }
        } catch (IOException e) {
            return List.of(); // not there, or not ours to read: nothing is configured in it
        }
        files.sort(null);
        return files;
    }
}
