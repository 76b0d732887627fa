package io.poolfs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One computer of a person who uses poolfs: a home of its own, its own rclone configuration and tmpfs folder, and the
 * {@code poolfs} command. Another {@code Machine} over the same remotes is a new computer. Closing it unmounts what it
 * mounted, ends its daemons, and removes what it left in /dev/shm.
 */
public final class Machine implements AutoCloseable {
    private static final Path REPOSITORY =
            Path.of(System.getProperty("user.dir")).getParent();

    private final Path root;
    private final Path home;
    private final Path cache;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Path> mounted = new ArrayList<>();

    public Machine(Path root) {
        this.root = root;
        this.home = root.resolve("home");
        try {
            Files.createDirectories(home);
            this.cache = Files.createTempDirectory(Path.of("/dev/shm"), "poolfs-it-");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        environment.put("HOME", home.toString());
        environment.put("XDG_CONFIG_HOME", home.resolve(".config").toString());
        environment.put("XDG_STATE_HOME", home.resolve(".local/state").toString());
        environment.put("XDG_CACHE_HOME", root.resolve("xdg-cache").toString());
        environment.put("RCLONE_CONFIG", home.resolve("rclone.conf").toString());
    }

    public Path home() {
        return home;
    }

    /** Where {@link #init} puts the cache: in tmpfs. */
    public Path cache() {
        return cache;
    }

    public Path stateDir(String pool) {
        return home.resolve(".local/state/poolfs").resolve(pool);
    }

    public Path configFile(String pool) {
        return home.resolve(".config/poolfs").resolve(pool + ".yaml");
    }

    public void setEnvironment(String name, String value) {
        environment.put(name, value);
    }

    /** Runs {@code poolfs ARGUMENTS}. */
    public Shell.Result poolfs(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(REPOSITORY.resolve("scripts/poolfs").toString());
        command.addAll(Arrays.asList(arguments));
        return Shell.run(environment, home, command);
    }

    /** A pool over local folders, encrypted, with its cache in this machine's tmpfs folder. */
    public void init(String pool, List<Path> folders, String... more) {
        List<String> arguments = new ArrayList<>(List.of("init", pool, "--yes", "--encrypt"));
        arguments.addAll(List.of("--cache-dir", cache.resolve(pool).toString()));
        for (Path folder : folders) {
            arguments.addAll(List.of("--local", folder.toString()));
        }
        arguments.addAll(Arrays.asList(more));
        poolfs(arguments.toArray(String[]::new)).orFail();
    }

    /** Mounts and returns the mount point. */
    public Path mount(String name, String... more) {
        Path mountPoint = root.resolve(name);
        try {
            Files.createDirectories(mountPoint);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        List<String> arguments = new ArrayList<>(List.of("mount", mountPoint.toString()));
        arguments.addAll(Arrays.asList(more));
        poolfs(arguments.toArray(String[]::new)).orFail();
        mounted.add(mountPoint);
        return mountPoint;
    }

    public void unmount(Path mountPoint) {
        poolfs("umount", mountPoint.toString()).orFail();
        mounted.remove(mountPoint);
    }

    /** The daemon's process id, from {@code poolfs status}. */
    public long daemonPid() {
        String status = poolfs("status", "--json").orFail().out();
        java.util.regex.Matcher pid =
                java.util.regex.Pattern.compile("\"pid\"\\s*:\\s*(\\d+)").matcher(status);
        if (!pid.find()) {
            throw new AssertionError("no pid in " + status);
        }
        return Long.parseLong(pid.group(1));
    }

    /** Kills the daemon with signal 9 and takes the dead mount away, as a person would. */
    public void kill(Path mountPoint) {
        kill(daemonPid(), mountPoint);
    }

    public void kill(long pid, Path mountPoint) {
        ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
        daemon.destroyForcibly();
        daemon.onExit().join();
        Shell.run(Map.of(), root, List.of("fusermount3", "-u", "-z", mountPoint.toString()));
        mounted.remove(mountPoint);
    }

    /** Takes away what a power loss takes: everything in tmpfs. */
    public void loseTmpfs() {
        deleteTree(cache);
    }

    public void loseState(String pool) {
        deleteTree(stateDir(pool));
    }

    @Override
    public void close() {
        for (Path mountPoint : List.copyOf(mounted)) {
            Shell.Result result = poolfs("umount", "--now", mountPoint.toString());
            if (!result.succeeded()) {
                Shell.run(Map.of(), root, List.of("fusermount3", "-u", "-z", mountPoint.toString()));
            }
        }
        deleteTree(cache);
    }

    static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
