package io.poolfs.cli.daemon;

import io.poolfs.core.config.ConfigFiles;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mount from {@code /etc/fstab}: finds the configuration, and runs the daemon as the user of {@code uid=}, in the
 * service {@code poolfs@} where systemd runs, else in a session of its own.
 *
 * <p>Where systemd mounts on demand, whoever touches the mount point waits for this mount, the daemon too: only what
 * systemd itself started for it is let through. The daemon then mounts elsewhere, and its mount is bound from here.
 */
public final class FstabMount {
    private static final String TYPE = "fuse.poolfs";
    private static final Path SYSTEMD = Path.of("/run/systemd/system");
    /** What the service reads; its format is known to {@code scripts/poolfs-unit}. */
    private static final Path ORDERS = Path.of("/run/poolfs");

    private final String source;
    private final Path mountpoint;
    private final Path config;
    private final @Nullable Account account;
    private final String options;

    private FstabMount(String source, Path mountpoint, Path config, @Nullable Account account, String options) {
        this.source = source;
        this.mountpoint = mountpoint;
        this.config = config;
        this.account = account;
        this.options = options;
    }

    /**
     * @param configPath of {@code config=}, or null
     * @param uid of {@code uid=}, or null: then the caller's own
     */
    public static FstabMount of(
            String source,
            Path mountpoint,
            @Nullable String configPath,
            @Nullable String uid,
            String options,
            Surroundings surroundings)
            throws PoolException {
        if ((source + mountpoint + options).indexOf('\n') >= 0) {
            throw new PoolException(Reason.CONFIG, "a line break in the name, mount point or options");
        }
        boolean other = uid != null && surroundings.uid() == 0 && !uid.equals("0");
        Account account = other ? Account.find(String.valueOf(uid)) : null;
        Path config = find(source, configPath, account, surroundings);
        return new FstabMount(source, mountpoint, config, account, options);
    }

    public void run() throws PoolException {
        if (Files.isDirectory(SYSTEMD) && Files.isWritable(SYSTEMD)) {
            inService();
        } else {
            inSession();
        }
    }

    /** {@code config=}, else the system's, else the user's. */
    private static Path find(
            String source, @Nullable String configPath, @Nullable Account account, Surroundings surroundings)
            throws PoolException {
        if (configPath != null) {
            return new ConfigFiles(surroundings).find(configPath.startsWith("/") ? configPath : "/" + configPath);
        }
        ConfigReader.checkName(source);
        Path home = account == null ? surroundings.home() : account.home();
        List<Path> places = new ArrayList<>(List.of(Path.of("/etc/poolfs")));
        if (home != null) {
            places.add(home.resolve(".config/poolfs"));
        }
        return new ConfigFiles(surroundings, places).find(source);
    }

    private void inService() throws PoolException {
        String instance = Command.run("systemd-escape", "--path", mountpoint.toString())
                .output()
                .strip();
        Path via = typeAt(mountpoint).equals("autofs") ? ORDERS.resolve(instance + ".via") : null;
        try {
            Files.createDirectories(ORDERS);
            Files.setPosixFilePermissions(ORDERS, PosixFilePermissions.fromString("rwx--x--x"));
            if (via != null) {
                makeVia(via);
            }
            Path order = ORDERS.resolve(instance);
            Files.deleteIfExists(order);
            Files.createFile(order, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    order,
                    String.join(
                            "\n",
                            account == null ? "" : account.name(),
                            account == null ? "" : account.home().toString(),
                            config.toString(),
                            source,
                            mountpoint.toString(),
                            options,
                            via == null ? "" : via.toString(),
                            ""));
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot write to " + ORDERS + ": " + e.getMessage(), e);
        }
        String unit = "poolfs@" + instance + ".service";
        Command.run("systemctl", "reset-failed", unit);
        systemctl("start", unit);
        Path mounted = via == null ? mountpoint : via;
        if (!typeAt(mounted).equals(TYPE)) {
            // It was running, to upload what an earlier mount has left.
            systemctl("restart", unit);
        }
        if (via != null) {
            bind(via);
        }
    }

    private static void systemctl(String verb, String unit) throws PoolException {
        Command.Result started = Command.run("systemctl", verb, unit);
        if (started.exitCode() != 0) {
            String status = Command.run("systemctl", "show", "--property=StatusText", "--value", unit)
                    .output()
                    .strip();
            throw new PoolException(
                    Reason.INTERNAL,
                    (status.isEmpty() ? started.output().strip() : status) + " (journalctl -u " + unit
                            + " tells more)");
        }
    }

    /** An empty directory of the user's. */
    private void makeVia(Path via) throws IOException, PoolException {
        Files.createDirectories(via);
        String owner = account == null ? "0:0" : account.uid() + ":" + account.gid();
        requireDone(Command.run("chown", owner, via.toString()));
    }

    private void bind(Path via) throws PoolException {
        requireDone(Command.run("mount", "--bind", via.toString(), mountpoint.toString()));
        requireDone(Command.run("umount", "--internal-only", "--lazy", via.toString()));
    }

    private static void requireDone(Command.Result result) throws PoolException {
        if (result.exitCode() != 0) {
            throw new PoolException(Reason.LOCAL_IO, result.output().strip());
        }
    }

    /** The type of the mount that is seen there, or nothing. Looks at the table only. */
    private static String typeAt(Path mountpoint) throws PoolException {
        String place = mountpoint.toString().replace("\\", "\\134").replace(" ", "\\040");
        String type = "";
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
                String[] fields = line.split(" ");
                type = fields[1].equals(place) ? fields[2] : type;
            }
            return type;
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot read what is mounted: " + e.getMessage(), e);
        }
    }

    private void inSession() throws PoolException {
        List<String> words = new ArrayList<>();
        Account user = account;
        if (user != null) {
            words.addAll(List.of("setpriv", "--reuid", user.uid(), "--regid", user.gid(), "--init-groups"));
            words.addAll(List.of("env", "-u", "XDG_CONFIG_HOME", "-u", "XDG_STATE_HOME", "-u", "XDG_CACHE_HOME"));
            words.addAll(List.of("HOME=" + user.home(), "USER=" + user.name(), "LOGNAME=" + user.name()));
        }
        words.addAll(Launch.program());
        words.addAll(List.of("mount", "--pool", config.toString(), "--source", source));
        if (!options.isEmpty()) {
            words.addAll(List.of("-o", options));
        }
        words.add(mountpoint.toString());
        Command.Result result = Command.run(words.toArray(new String[0]));
        if (result.exitCode() != 0) {
            throw new PoolException(Reason.INTERNAL, result.output().strip().replaceFirst("^poolfs: ", ""));
        }
    }

    /** A user of the system. */
    record Account(String name, String uid, String gid, Path home) {
        static Account find(String uid) throws PoolException {
            Command.Result result = Command.run("getent", "passwd", uid);
            String[] fields = result.output().strip().split(":", -1);
            if (result.exitCode() != 0 || fields.length < 7) {
                throw new PoolException(Reason.CONFIG, "uid=" + uid + ": there is no such user");
            }
            return new Account(fields[0], fields[2], fields[3], Path.of(fields[5]));
        }
    }
}
