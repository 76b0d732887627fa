package io.poolfs.cli.setup;

import io.poolfs.cli.daemon.Command;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RcloneSettings;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.Identity;
import io.poolfs.core.remote.rclone.RcloneConfig;
import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneLaunch;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** rclone for the time of one command: its configuration, and its remotes as stores. Closed by who opened it. */
public final class Rclone implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final RealScheduler scheduler;
    private final RcloneDaemon daemon;
    private final RcloneSettings settings;

    private Rclone(RealScheduler scheduler, RcloneDaemon daemon, RcloneSettings settings) {
        this.scheduler = scheduler;
        this.daemon = daemon;
        this.settings = settings;
    }

    public static Rclone of(PoolConfig config) throws PoolException {
        return open(config.rclone());
    }

    /** CONFIG for a missing or too old rclone, for flags that are refused, for a configuration that cannot be read. */
    public static Rclone open(RcloneSettings settings) throws PoolException {
        RealScheduler scheduler = RealScheduler.create();
        try {
            RcloneLaunch launch = RcloneLaunch.defaults()
                    .withBinary(settings.binary())
                    .withConfig(settings.config())
                    .withFlags(settings.flags());
            return new Rclone(scheduler, RcloneDaemon.start(scheduler, launch), settings);
        } catch (PoolException e) {
            scheduler.close();
            throw e;
        }
    }

    /** The configuration file that rclone uses when it is not told one. */
    public static Path usualConfig(String binary) throws PoolException {
        RcloneDaemon.requireProgram(binary);
        Command.Result told = Command.run(binary, "config", "file");
        return told.output()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("/"))
                .reduce((first, last) -> last)
                .map(Path::of)
                .orElseThrow(() -> new PoolException(
                        Reason.CONFIG,
                        "rclone does not tell where its configuration is: "
                                + told.output().strip()));
    }

    public String version() {
        return daemon.version().text();
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** The remotes in its configuration, without colon. */
    public List<String> names() throws PoolException {
        return new RcloneConfig(daemon).names();
    }

    Map<String, String> section(String name) throws PoolException {
        return new RcloneConfig(daemon).section(name);
    }

    void createCrypt(String name, String place, CryptSecret secret) throws PoolException {
        new RcloneConfig(daemon).createCrypt(name, place, secret.password(), secret.salt());
    }

    void delete(String name) throws PoolException {
        new RcloneConfig(daemon).forget(name);
    }

    RcloneStore store(String remote) throws PoolException {
        return RcloneStore.open(daemon, remote, TIMEOUT);
    }

    Identity identity(String remote, String manifestPrefix) throws PoolException {
        RcloneStore store = store(remote);
        return new Identity(store, store, manifestPrefix);
    }

    /** Writes, reads and deletes an object below the prefix. */
    public void tryOut(String remote, String prefix) throws PoolException {
        try (RcloneStore store = store(remote)) {
            Path scratch = Files.createTempDirectory("poolfs-trial");
            try {
                store.makeFolder(prefix);
                new RcloneConfig(daemon).tryOut(store, prefix, scratch);
            } finally {
                Files.delete(scratch);
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot use a temporary directory: " + e.getMessage(), e);
        } catch (PoolException e) {
            throw new PoolException(e.reason(), "remote " + remote + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Lets the user sign in again on this terminal. */
    public void reconnect(String remote) throws PoolException {
        int colon = remote.indexOf(':');
        if (colon < 0) {
            throw new PoolException(Reason.UNSUPPORTED, remote + " is a local directory: nothing to sign in to");
        }
        String name = remote.substring(0, colon);
        // What signs in is what lies under crypt and alias.
        for (String under = section(name).get("remote");
                under != null;
                under = section(name).get("remote")) {
            int end = under.indexOf(':');
            if (end < 0) {
                throw new PoolException(
                        Reason.UNSUPPORTED, remote + " lies in a local directory: nothing to sign in to");
            }
            name = under.substring(0, end);
        }
        List<String> words = new java.util.ArrayList<>(List.of(settings.binary(), "config", "reconnect", name + ":"));
        if (settings.config() != null) {
            words.add("--config=" + settings.config());
        }
        try {
            int code = new ProcessBuilder(words).inheritIO().start().waitFor();
            if (code != 0) {
                throw new PoolException(Reason.REMOTE_DENIED, "rclone config reconnect " + name + ": failed");
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot run " + settings.binary() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted", e);
        }
    }

    @Override
    public void close() {
        daemon.close();
        scheduler.close();
    }
}
