package io.poolfs.cli.setup;

import io.poolfs.core.config.CacheRoom;
import io.poolfs.core.config.ConfigFiles;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.config.RcloneSettings;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteMarker;
import io.poolfs.mount.FuseDevice;
import io.poolfs.mount.FuseMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at everything a mount needs, one finding per thing, each failure with its fix. */
public final class Checks {
    private static final Path DEVICE = Path.of("/dev/fuse");
    private static final Path FUSE_CONFIGURATION = Path.of("/etc/fuse.conf");
    private static final List<String> LIBRARY_FOLDERS =
            List.of("/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib");
    private static final LocalDate BUILT_AFTER = LocalDate.of(2026, 1, 1);
    private static final long SMALL_CACHE = 256L << 20;

    /**
     * One thing that was looked at.
     *
     * @param state ok, warning or failed
     * @param fix what to do; null when all is well
     */
    public record Finding(
            String what,
            String state,
            String found,
            @Nullable String fix) {}

    private final Surroundings surroundings;
    private final List<Finding> findings = new ArrayList<>();

    public Checks(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** @param asked the pool that is meant, or null; without any configuration only the machine is looked at */
    public List<Finding> run(@Nullable String asked) {
        device();
        library();
        tool();
        allowOther();
        clock();
        PoolConfig config = config(asked);
        if (config != null) {
            cache(config);
        }
        rclone(config);
        return List.copyOf(findings);
    }

    private void device() {
        if (!Files.exists(DEVICE)) {
            failed(
                    "FUSE device",
                    DEVICE + " does not exist",
                    "modprobe fuse; a container needs --device /dev/fuse --cap-add SYS_ADMIN");
        } else if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            failed("FUSE device", "you may not open " + DEVICE, "as root: chmod 666 " + DEVICE + " (its usual mode)");
        } else {
            String refusal = FuseDevice.refusal();
            if (refusal == null) {
                ok("FUSE device", DEVICE + " can be opened");
            } else {
                failed(
                        "FUSE device",
                        refusal,
                        "modprobe fuse; a container needs --device /dev/fuse --cap-add SYS_ADMIN");
            }
        }
    }

    private void library() {
        Optional<Path> found = LIBRARY_FOLDERS.stream()
                .map(folder -> Path.of(folder, "libfuse.so.2"))
                .filter(Files::exists)
                .findFirst();
        if (found.isPresent()) {
            ok("libfuse 2", found.get().toString());
        } else if (FuseMount.obstacleToKernelTransport() == null) {
            ok("libfuse 2", "not installed; only transport: jnr needs it");
        } else {
            failed("libfuse 2", "no libfuse.so.2", "apt install libfuse2 (libfuse2t64 on newer systems)");
        }
    }

    private void tool() {
        if (program("fusermount3") != null || program("fusermount") != null) {
            ok("fusermount", "installed");
        } else if (surroundings.uid() == 0) {
            warning(
                    "fusermount",
                    "not installed",
                    "users other than root need it: apt install fuse3 (not the package fuse)");
        } else {
            failed("fusermount", "not installed", "apt install fuse3 (not the package fuse, which removes others)");
        }
    }

    private void allowOther() {
        boolean allowed;
        try (Stream<String> lines = Files.lines(FUSE_CONFIGURATION)) {
            allowed = lines.anyMatch(line -> line.strip().equals("user_allow_other"));
        } catch (IOException e) {
            allowed = false;
        }
        if (allowed || surroundings.uid() == 0) {
            ok("allow_other", allowed ? "users may use it" : "root may use it");
        } else {
            warning(
                    "allow_other",
                    "users may not use it",
                    "for `-o allow_other`, as root: echo user_allow_other >> " + FUSE_CONFIGURATION);
        }
    }

    private void clock() {
        LocalDate today = Instant.now().atZone(ZoneOffset.UTC).toLocalDate();
        if (today.isBefore(BUILT_AFTER)) {
            failed("clock", "it shows " + today, "set it; claims and times on the remotes depend on it");
        } else {
            ok("clock", today.toString());
        }
    }

    private @Nullable PoolConfig config(@Nullable String asked) {
        ConfigFiles files = new ConfigFiles(surroundings);
        if (asked == null && files.all().isEmpty()) {
            warning(
                    "configuration",
                    "no pool is configured",
                    "poolfs init makes one, poolfs attach takes up an existing one");
            return null;
        }
        try {
            PoolConfig config = new ConfigReader(surroundings).read(files.find(asked));
            ok("configuration", config.file().toString());
            return config;
        } catch (PoolException e) {
            failed("configuration", String.valueOf(e.getMessage()), "mend the file; `man poolfs` lists the keys");
            return null;
        }
    }

    private void cache(PoolConfig config) {
        Surroundings.Volume volume = surroundings.volume(config.cacheDir());
        String size = Quantities.readableSize(config.cacheSizeBytes()) + " of "
                + Quantities.readableSize(volume.totalBytes()) + (volume.inMemory() ? " in memory" : " on disk")
                + ", " + config.cacheDir();
        String tooSmall = tooSmall(config, volume);
        if (tooSmall != null) {
            failed("cache", tooSmall, "as it says; until then the pool cannot be mounted");
        } else if (config.cacheSizeBytes() < 4 * config.chunkSizeBytes()) {
            failed(
                    "cache",
                    size + ": four chunks of " + Quantities.readableSize(config.chunkSizeBytes()) + " do not fit",
                    "a larger cache_size, or chunk_size: "
                            + Quantities.exactSize(
                                    Math.max(64 << 10, Long.highestOneBit(config.cacheSizeBytes() / 4))));
        } else if (config.cacheSizeBytes() < SMALL_CACHE) {
            warning("cache", size, "more makes large files faster; a container: --shm-size=2g");
        } else {
            ok("cache", size);
        }
        config.notes().forEach(note -> warning("cache", note, "nothing needs to be done; it is slower and safer"));
    }

    private static @Nullable String tooSmall(PoolConfig config, Surroundings.Volume volume) {
        try {
            CacheRoom.require(config, volume);
            return null;
        } catch (PoolException e) {
            return e.getMessage();
        }
    }

    private void rclone(@Nullable PoolConfig config) {
        RcloneSettings settings = config == null ? RcloneSettings.DEFAULT : config.rclone();
        try (Rclone rclone = Rclone.open(settings)) {
            ok("rclone", rclone.version() + ", " + rclone.names().size() + " remotes configured");
            if (config != null) {
                for (RemoteConfig remote : config.remotes()) {
                    remote(rclone, config, remote.name());
                }
            }
        } catch (PoolException e) {
            failed("rclone", String.valueOf(e.getMessage()), "see above; `rclone listremotes` must work");
        }
    }

    private void remote(Rclone rclone, PoolConfig config, String name) {
        String what = name;
        try {
            Optional<RemoteMarker> marker =
                    rclone.identity(name, config.manifestPrefix()).read();
            PoolId pool = config.poolId();
            if (marker.isEmpty()) {
                failed(what, "it is no remote of a pool", "poolfs init makes one of it; or another manifest_prefix");
            } else if (pool != null && !marker.get().pool().equals(pool)) {
                failed(what, "it belongs to the pool " + marker.get().pool(), "take it out of the configuration");
            } else {
                rclone.tryOut(name, config.manifestPrefix());
                ok(what, "it is ours, and can be written, read and deleted");
            }
        } catch (PoolException e) {
            failed(what, String.valueOf(e.getMessage()), fix(e.reason(), name));
        }
    }

    private static String fix(Reason reason, String name) {
        return switch (reason) {
            case REMOTE_DENIED -> "poolfs remote reauth " + name;
            case REMOTE_FULL -> "free room there, or let other remotes take the data: poolfs remote disable " + name;
            case REMOTE_MISSING -> "plug the disk in, or mount it where it was";
            case CONFIG -> "rclone config: correct the crypt password, or what the message names";
            default -> "rclone lsd " + name + " tells what rclone sees";
        };
    }

    private @Nullable Path program(String name) {
        String path = surroundings.environment("PATH");
        return Stream.of((path == null ? "/usr/bin:/bin" : path).split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private void ok(String what, String found) {
        findings.add(new Finding(what, "ok", found, null));
    }

    private void warning(String what, String found, String fix) {
        findings.add(new Finding(what, "warning", found, fix));
    }

    private void failed(String what, String found, String fix) {
        findings.add(new Finding(what, "failed", found, fix));
    }
}
