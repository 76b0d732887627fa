package io.poolfs.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    /** Folders show a claim at once. */
    static final String SETTLE = "claim_settle: 100ms";

    private final Path root;
    private final Path home;
    private final Path cache;
    private final Map<String, String> environment = new HashMap<>();
    private List<String> behind = List.of();
    private final List<Path> mounted = new ArrayList<>();

    /** A run that is broken off leaves nothing mounted either. */
    private final Thread atExit = new Thread(this::end, "machine");

    public Machine(Path root) {
        this.root = root;
        this.home = root.resolve("home");
        try {
            Files.createDirectories(home);
            this.cache = Files.createTempDirectory(Path.of("/dev/shm"), "poolfs-it-");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
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

    /** From now on {@code poolfs} is run by this command: in a namespace of its own, for one. */
    public void runBehind(List<String> command) {
        behind = List.copyOf(command);
    }

    public String environment(String name) {
        return environment.getOrDefault(name, "");
    }

    /** Runs {@code poolfs ARGUMENTS}. */
    public Shell.Result poolfs(String... arguments) {
        List<String> command = new ArrayList<>(behind);
        command.add(Distribution.POOLFS.toString());
        command.addAll(Arrays.asList(arguments));
        return Shell.run(environment, home, command);
    }

    /** Starts {@code poolfs ARGUMENTS} on a terminal of its own. */
    public Terminal onTerminal(String... arguments) {
        return new Terminal(environment, home, Distribution.POOLFS + " " + String.join(" ", arguments));
    }

    /** Runs another program in this machine's environment. */
    public Shell.Result run(String... command) {
        return Shell.run(environment, home, List.of(command));
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
        configure(pool, SETTLE);
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

    /** Remembers a mount that was made otherwise, so that it is taken away at the end; returns it. */
    public Path mounted(Path mountPoint) {
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

    /** Kills the daemon with signal 9 and waits until its mount has gone, as it does by itself. */
    public void kill(Path mountPoint) {
        kill(daemonPid(), mountPoint);
    }

    public void kill(long pid, Path mountPoint) {
        ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
        daemon.destroyForcibly();
        daemon.onExit().join();
        await().atMost(Duration.ofSeconds(60)).until(() -> !isMounted(mountPoint));
        mounted.remove(mountPoint);
    }

    private static boolean isMounted(Path mountPoint) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return lines.anyMatch(line -> line.contains(" " + mountPoint + " "));
        }
    }

    /** Takes away what a power loss takes: everything in tmpfs. */
    public void loseTmpfs() {
        deleteTree(cache);
    }

    public void loseState(String pool) {
        deleteTree(stateDir(pool));
    }

    /** Sets keys of the pool's configuration, each {@code "key: value"}, for the next mount. */
    public void configure(String pool, String... lines) {
        Path file = configFile(pool);
        try {
            List<String> all = new ArrayList<>(Files.readAllLines(file));
            for (String line : lines) {
                String key = line.substring(0, line.indexOf(':') + 1);
                all.removeIf(old -> old.startsWith(key));
                all.add(line);
            }
            Files.write(file, all);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Adds keys to every remote of the pool's configuration. */
    public void limitRemotes(String pool, String keys) {
        Path file = configFile(pool);
        try {
            Files.writeString(file, Files.readString(file).replace("enabled: true", "enabled: true, " + keys));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the daemon with signal 15, as systemd does, and waits for its end. */
    public void terminate(Path mountPoint) {
        ProcessHandle daemon = ProcessHandle.of(daemonPid()).orElseThrow();
        daemon.destroy();
        daemon.onExit().join();
        mounted.remove(mountPoint);
    }

    /** Deletes what is cached. Only while nothing is mounted. */
    public void coldCache(String pool) {
        deleteTree(cache.resolve(pool));
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }

    /** Takes away what a test that failed has left mounted. */
    void unmountAll() {
        for (Path mountPoint : List.copyOf(mounted)) {
            Shell.Result result = poolfs("umount", "--now", mountPoint.toString());
            if (!result.succeeded()) {
                Shell.run(Map.of(), root, List.of("fusermount3", "-u", "-z", mountPoint.toString()));
            }
            mounted.remove(mountPoint);
        }
    }

    private void end() {
        unmountAll();
        daemons().forEach(daemon -> {
            daemon.destroyForcibly();
            daemon.onExit().join();
        });
        deleteTree(cache);
    }

    /** The processes that keep a mount of this machine. */
    List<ProcessHandle> daemons() {
        String prefix = root + "/";
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    List<String> words = commandLine(process.pid());
                    return words.contains("--foreground")
                            && words.get(words.size() - 1).startsWith(prefix);
                })
                .toList();
    }

    /** ProcessHandle does not tell command lines as long as those with a class path. */
    private static List<String> commandLine(long pid) {
        try {
            return List.of(
                    Files.readString(Path.of("/proc", "" + pid, "cmdline")).split("\0"));
        } catch (IOException e) {
            return List.of(); // it has ended
        }
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
