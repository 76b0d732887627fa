package io.poolfs.it.cloud;

import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import io.poolfs.core.pool.PoolCreation;
import io.poolfs.core.remote.Identity;
import io.poolfs.core.remote.PoolMarker;
import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneLaunch;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.core.time.RealScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A pool over clouds, run by the engine in the test's own process with a real rclone: what a mount would add is left
 * out. Its directory and its clouds end with it; pools that were opened are closed by who opened them.
 */
public final class CloudPool implements AutoCloseable {
    /** The one that makes the pool. */
    public static final String FIRST = "first";

    private static final String PREFIX = "poolfs_manifests";

    private final Path directory;
    private final List<Cloud> clouds = new ArrayList<>();
    private final List<String> remotes = new ArrayList<>();
    private final PoolId id;
    private final String more;

    /**
     * Makes the pool, and machine {@link #FIRST} knows it.
     *
     * @param encrypted so many of the remotes are crypt remotes, the others show their objects
     * @param more lines of the configuration
     */
    public CloudPool(int count, int encrypted, String more) throws IOException, PoolException {
        this(more);
        boolean done = false;
        try {
            StringBuilder sections = new StringBuilder();
            for (int i = 1; i <= count; i++) {
                Cloud cloud = Cloud.over(directory.resolve("cloud" + i));
                clouds.add(cloud);
                sections.append("[dav%d]%ntype = webdav%nvendor = other%nurl = %s%n".formatted(i, cloud.url()));
                if (i <= encrypted) {
                    sections.append("[secret%d]%ntype = crypt%nremote = dav%d:pool%npassword = %s%n"
                            .formatted(i, i, Obscured.PASSWORD));
                }
                remotes.add(i <= encrypted ? "secret" + i + ":" : "dav" + i + ":pool");
            }
            make(sections.toString());
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private CloudPool(String more) throws IOException {
        this.directory = Files.createTempDirectory(Path.of("/dev/shm"), "poolfs-it-cloud-");
        this.more = more;
        Random random = new Random();
        this.id = new PoolId(random.nextLong(), random.nextLong());
    }

    /** The same over local folders: without clouds. */
    public static CloudPool overFolders(int count, String more) throws IOException, PoolException {
        CloudPool pool = new CloudPool(more);
        for (int i = 1; i <= count; i++) {
            pool.remotes.add(Files.createDirectories(pool.directory.resolve("folder" + i))
                    .toString());
        }
        pool.make("");
        return pool;
    }

    private void make(String sections) throws IOException, PoolException {
        Files.writeString(directory.resolve("rclone.conf"), sections);
        mark();
        PoolCreation.create(config(FIRST, ""), 0, 0, null);
    }

    public List<Cloud> clouds() {
        return clouds;
    }

    /** The names of the remotes, in the order of the clouds. */
    public List<String> remotes() {
        return remotes;
    }

    public Path directory() {
        return directory;
    }

    /** The configuration of a machine: each has its own state and cache. */
    public PoolConfig config(String machine) throws IOException, PoolException {
        return config(machine, more);
    }

    /** The same with other lines in place of those of the pool. */
    public PoolConfig config(String machine, String lines) throws IOException, PoolException {
        Path home = Files.createDirectories(directory.resolve(machine));
        StringBuilder text = new StringBuilder("pool_id: \"" + id.hex() + "\"\nremotes:\n");
        for (String remote : remotes) {
            text.append("  - {name: \"" + remote + "\", min_free: 0}\n");
        }
        text.append("cache_dir: " + home.resolve("cache") + "\nstate_dir: " + home.resolve("state") + "\nspill_dir: "
                + home.resolve("spill") + "\nrclone_config: " + directory.resolve("rclone.conf")
                + "\nclaim_settle: 0s\nfsync: remote\n" + lines);
        return new ConfigReader(Surroundings.ofThisProcess())
                .parse("clouds", directory.resolve(machine + ".yaml"), text.toString());
    }

    public Pool open(String machine, OpenOrder order) throws IOException, PoolException {
        return Pool.open(config(machine), order, null);
    }

    /** Takes away what a machine has cached; while nothing is open there. */
    public void coldCache(String machine) throws IOException {
        deleteTree(directory.resolve(machine).resolve("cache"));
    }

    /** Takes away all that a machine has; while nothing is open there. */
    public void forget(String machine) throws IOException {
        deleteTree(directory.resolve(machine));
    }

    /** The same weather over these clouds, by number from 0. */
    public void set(Weather weather, Iterable<Integer> which) throws IOException {
        for (int i : which) {
            clouds.get(i).set(weather);
        }
    }

    @Override
    public void close() throws IOException {
        clouds.forEach(Cloud::close);
        deleteTree(directory);
    }

    private void mark() throws PoolException {
        RcloneLaunch launch = RcloneLaunch.defaults()
                .withConfig(directory.resolve("rclone.conf"))
                .withTimeout(Duration.ofSeconds(10));
        PoolMarker pool = new PoolMarker(id, Instant.EPOCH);
        try (RealScheduler scheduler = RealScheduler.create();
                RcloneDaemon rclone = RcloneDaemon.start(scheduler, launch)) {
            for (int i = 0; i < remotes.size(); i++) {
                RcloneStore store = RcloneStore.open(rclone, remotes.get(i), launch.timeout());
                new Identity(store, store, PREFIX).write(pool, new RemoteId(id.hashCode(), i + 1), directory);
            }
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** What rclone wants to see as a password in its file; made once. */
    private static final class Obscured {
        static final String PASSWORD = obscure();

        private static String obscure() {
            try {
                Process rclone = new ProcessBuilder("rclone", "obscure", "-").start();
                try (var in = rclone.getOutputStream()) {
                    in.write("a good password".getBytes(StandardCharsets.UTF_8));
                }
                return new String(rclone.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
