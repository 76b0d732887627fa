package io.poolfs.cli.command;

import io.poolfs.cli.setup.CryptSecret;
import io.poolfs.cli.setup.PoolPlan;
import io.poolfs.cli.setup.Rclone;
import io.poolfs.core.config.ConfigKey;
import io.poolfs.core.config.RcloneSettings;
import io.poolfs.core.model.PoolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What init and attach ask alike. */
final class SetupOptions {
    @Option(
            names = "--remote",
            paramLabel = "NAME:PATH",
            arity = "1..*",
            description = "Remotes, as in `rclone listremotes`; a path behind the colon is a folder in it.")
    List<String> remotes = new ArrayList<>();

    @Option(names = "--local", paramLabel = "DIR", arity = "1..*", description = "Local directories as remotes.")
    List<Path> local = new ArrayList<>();

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "Encryption password in its first line, salt in its second. Else POOLFS_CRYPT_PASSWORD and"
                    + " POOLFS_CRYPT_SALT, else a prompt.")
    @Nullable
    Path passwordFile;

    @Option(names = "--rclone-config", paramLabel = "FILE", description = "rclone's configuration file.")
    @Nullable
    Path rcloneConfig;

    @Option(names = "--rclone-binary", paramLabel = "PROGRAM", description = "Default: rclone, from PATH")
    String rcloneBinary = "rclone";

    @Option(names = "--cache-dir", paramLabel = "DIR", description = "Cache and stage; tmpfs by default.")
    @Nullable
    Path cacheDir;

    @Option(names = "--cache-size", paramLabel = "SIZE", description = "Default: 25%% of the tmpfs, at most 4G")
    @Nullable
    String cacheSize;

    @Option(names = "--state-dir", paramLabel = "DIR", description = "Journal and metadata.")
    @Nullable
    Path stateDir;

    @Option(names = "--spill-dir", paramLabel = "DIR", description = "On disk: what a stop could not upload.")
    @Nullable
    Path spillDir;

    @Option(names = "--data-prefix", paramLabel = "FOLDER", description = "Default: poolfs_data")
    @Nullable
    String dataPrefix;

    @Option(names = "--manifest-prefix", paramLabel = "FOLDER", description = "Default: poolfs_manifests")
    @Nullable
    String manifestPrefix;

    @Option(
            names = {"-y", "--yes"},
            description = "Ask nothing.")
    boolean yes;

    List<String> places() {
        List<String> places = new ArrayList<>();
        remotes.forEach(remote ->
                places.add(remote.startsWith("/") ? Path.of(remote).normalize().toString() : remote));
        local.forEach(
                directory -> places.add(directory.toAbsolutePath().normalize().toString()));
        return places;
    }

    RcloneSettings rclone() throws PoolException {
        Path config = rcloneConfig == null
                ? Rclone.usualConfig(rcloneBinary)
                : rcloneConfig.toAbsolutePath().normalize();
        return new RcloneSettings(absolute(rcloneBinary), config, List.of());
    }

    /** Where the program is: a service has another PATH. */
    private static String absolute(String program) {
        if (program.contains("/")) {
            return Path.of(program).toAbsolutePath().normalize().toString();
        }
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path found = Path.of(directory.isEmpty() ? "." : directory, program).toAbsolutePath();
            if (Files.isExecutable(found) && !Files.isDirectory(found)) {
                return found.toString();
            }
        }
        return program;
    }

    /** Of --password-file or the environment; null when neither has one. */
    @Nullable
    CryptSecret givenSecret() throws PoolException {
        return passwordFile == null ? CryptSecret.ofEnvironment(System.getenv()) : CryptSecret.ofFile(passwordFile);
    }

    PoolPlan plan(
            String pool,
            Path configFile,
            List<String> places,
            @Nullable CryptSecret secret,
            @Nullable String chunkSize,
            @Nullable String spread)
            throws PoolException {
        return new PoolPlan(
                pool,
                configFile,
                places,
                secret,
                rclone(),
                dataPrefix == null ? ConfigKey.DATA_PREFIX.defaultText() : dataPrefix,
                manifestPrefix == null ? ConfigKey.MANIFEST_PREFIX.defaultText() : manifestPrefix,
                cacheDir,
                stateDir,
                spillDir,
                chunkSize,
                cacheSize,
                spread);
    }
}
