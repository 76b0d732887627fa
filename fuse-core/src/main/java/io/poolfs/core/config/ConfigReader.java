package io.poolfs.core.config;

import io.poolfs.core.model.ObjectPath;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a pool's configuration file and resolves its defaults for this machine. Everything wrong is CONFIG. */
public final class ConfigReader {
    /** Keys of rclonepool's config.json that poolfs's own do not have. */
    private static final Set<String> RCLONEPOOL_KEYS =
            Set.of("temp_dir", "use_crypt", "crypt_remotes", "webdav_port", "webdav_host");

    private static final Pattern POOL_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final long MAX_FILE_BYTES = 4 << 20;
    private static final long KIB = 1L << 10;
    private static final long GIB = 1L << 30;

    private final Surroundings surroundings;

    public ConfigReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Reads the file; the pool is called as the file without its ending. */
    public PoolConfig read(Path file) throws PoolException {
        return read(nameOf(file), file);
    }

    public PoolConfig read(String poolName, Path file) throws PoolException {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new PoolException(Reason.CONFIG, file + " is too large for a configuration");
            }
            return parse(poolName, file, Files.readString(file));
        } catch (IOException e) {
            throw new PoolException(Reason.CONFIG, "cannot read the configuration " + file + ": " + reasonOf(e), e);
        }
    }

    /** As {@link #read}, of a text; {@code file} only names it. */
    public PoolConfig parse(String poolName, Path file, String text) throws PoolException {
        ConfigProblems problems = new ConfigProblems(file.toAbsolutePath());
        checkName(poolName);
        ConfigNode.Table table = ConfigParser.parse(problems, text);
        refuseUnknown(problems, table);
        return new Reading(problems, table).pool(poolName, file.toAbsolutePath());
    }

    /** Whether a pool may be called so: it becomes a file name. */
    public static void checkName(String poolName) throws PoolException {
        if (!POOL_NAME.matcher(poolName).matches()) {
            throw new PoolException(
                    Reason.CONFIG,
                    "\"" + poolName + "\" cannot name a pool; allowed: letters, digits, '.', '_' and '-', at most 64,"
                            + " starting with a letter or digit");
        }
    }

    /** The name of the pool that this file configures. */
    public static String nameOf(Path file) {
        String base = String.valueOf(file.getFileName());
        return base.replaceFirst("\\.(yaml|yml|json)$", "");
    }

    private static void refuseUnknown(ConfigProblems problems, ConfigNode.Table table) throws PoolException {
        for (Map.Entry<String, ConfigNode.Entry> entry : table.entries().entrySet()) {
            String key = entry.getKey();
            if (ConfigKey.of(key).isEmpty() && !RCLONEPOOL_KEYS.contains(key)) {
                String all =
                        Arrays.stream(ConfigKey.values()).map(ConfigKey::word).collect(Collectors.joining(", "));
                throw problems.at(
                        entry.getValue().line(), "unknown key \"" + key + "\"" + nearest(key) + "; allowed: " + all);
            }
        }
    }

    private static String nearest(String key) {
        Set<String> known =
                Arrays.stream(ConfigKey.values()).map(ConfigKey::word).collect(Collectors.toCollection(TreeSet::new));
        return Spelling.nearest(key, known)
                .map(word -> " (did you mean \"" + word + "\"?)")
                .orElse("");
    }

    private static String reasonOf(IOException e) {
        if (e instanceof CharacterCodingException) {
            return "it is not text in UTF-8; put a copy back, or write it anew";
        }
        return e instanceof NoSuchFileException ? "there is no such file" : String.valueOf(e.getMessage());
    }

    /** One file being read. */
    private final class Reading {
        private final ConfigProblems problems;
        private final Values values;
        private final List<String> notes = new ArrayList<>();

        Reading(ConfigProblems problems, ConfigNode.Table table) {
            this.problems = problems;
            this.values = new Values(problems, table, surroundings.home());
        }

        PoolConfig pool(String name, Path file) throws PoolException {
            List<RemoteConfig> remotes = remotes();
            long chunkSize = size(ConfigKey.CHUNK_SIZE, 64 * KIB, 16 * GIB, 100 << 20);
            LocalPlaces places = new LocalPlaces(surroundings, name, notes);
            Path cacheDir = firstOf(values.path(ConfigKey.CACHE_DIR), tempDir());
            if (cacheDir == null) {
                cacheDir = places.cacheDir();
            }
            Path stateDir = values.path(ConfigKey.STATE_DIR);
            if (stateDir == null) {
                stateDir = places.stateDir();
            }
            Path spillDir = values.path(ConfigKey.SPILL_DIR);
            Surroundings.Volume volume = surroundings.volume(cacheDir);
            long cacheSize = CacheSize.resolve(problems, values, volume);
            long automatic = Math.min((remotes.size() + 1) * chunkSize, cacheSize / 2);
            noteIgnored();
            return new PoolConfig(
                    name,
                    file,
                    poolId(),
                    remotes,
                    prefix(ConfigKey.DATA_PREFIX),
                    prefix(ConfigKey.MANIFEST_PREFIX),
                    chunkSize,
                    values.word(ConfigKey.BALANCE, Balance.LEAST_USED),
                    size(ConfigKey.BALANCE_SLACK, 0, 1024 * GIB, chunkSize),
                    values.word(ConfigKey.SPREAD, Spread.CHUNKS),
                    cacheDir,
                    cacheSize,
                    stateDir,
                    spillDir == null ? stateDir.resolve("spill") : spillDir,
                    values.word(ConfigKey.FSYNC, volume.inMemory() ? FsyncMode.REMOTE : FsyncMode.LOCAL),
                    time(ConfigKey.FSYNC_TIMEOUT, 120, 1, 86_400),
                    time(ConfigKey.REMOTE_TIMEOUT, 30, 1, 3600),
                    time(ConfigKey.STOP_DRAIN_TIMEOUT, 60, 0, 86_400),
                    time(ConfigKey.STAGE_AGE, 30, 1, 86_400),
                    time(ConfigKey.PACK_WINDOW, 1, 0, 60),
                    values.time(
                            ConfigKey.SHIP_INTERVAL,
                            Duration.ofSeconds(5),
                            Duration.ofMillis(100),
                            Duration.ofHours(1)),
                    readAhead(automatic),
                    time(ConfigKey.GC_GRACE, 86_400, 0, 365 * 86_400L),
                    time(ConfigKey.CLAIM_SETTLE, 3, 0, 600),
                    values.rates(ConfigKey.BANDWIDTH.word(), ConfigKey.BANDWIDTH.allowed()),
                    values.word(ConfigKey.TRANSPORT, TransportChoice.AUTO),
                    rclone(),
                    notes);
        }

        private List<RemoteConfig> remotes() throws PoolException {
            RemoteList list = new RemoteList(problems);
            boolean rclonepool = values.node("use_crypt") != null || values.node("crypt_remotes") != null;
            boolean useCrypt = values.flag("use_crypt", true);
            ConfigNode crypt = values.node("crypt_remotes");
            if (useCrypt
                    && crypt instanceof ConfigNode.Items items
                    && !items.items().isEmpty()) {
                return list.read("crypt_remotes", crypt, true);
            }
            ConfigNode plain = values.node(ConfigKey.REMOTES.word());
            if (plain == null) {
                throw problems.at(1, "remotes: missing; at least one is wanted, as `- {name: \"remote:path\"}`");
            }
            return list.read(ConfigKey.REMOTES.word(), plain, rclonepool);
        }

        private @Nullable Path tempDir() throws PoolException {
            String text = values.text("temp_dir", ConfigKey.CACHE_DIR.allowed());
            if (text != null && values.node(ConfigKey.CACHE_DIR.word()) != null) {
                throw problems.at(values.line("temp_dir"), "temp_dir and cache_dir mean the same; keep cache_dir");
            }
            return text == null ? null : values.path("temp_dir", text, ConfigKey.CACHE_DIR.allowed());
        }

        private void noteIgnored() {
            if (values.node("webdav_port") != null || values.node("webdav_host") != null) {
                notes.add(problems.file() + ": webdav_port and webdav_host are rclonepool's and not used here");
            }
        }

        private @Nullable PoolId poolId() throws PoolException {
            String text = values.text(ConfigKey.POOL_ID.word(), ConfigKey.POOL_ID.allowed());
            if (text == null) {
                return null;
            }
            if (!PoolId.isValid(text)) {
                throw problems.value(
                        values.line(ConfigKey.POOL_ID.word()), "pool_id", text, ConfigKey.POOL_ID.allowed());
            }
            return PoolId.parse(text);
        }

        private String prefix(ConfigKey key) throws PoolException {
            String text = values.text(key.word(), key.allowed());
            String clean = text == null ? key.defaultText() : text.replaceAll("^/+|/+$", "");
            if (!ObjectPath.isValid(clean)) {
                throw problems.value(values.line(key.word()), key.word(), String.valueOf(text), key.allowed());
            }
            return clean;
        }

        private RcloneSettings rclone() throws PoolException {
            String binary = values.text(ConfigKey.RCLONE_BINARY.word(), ConfigKey.RCLONE_BINARY.allowed());
            List<String> flags = values.texts(ConfigKey.RCLONE_FLAGS.word(), ConfigKey.RCLONE_FLAGS.allowed());
            return new RcloneSettings(binary == null ? "rclone" : binary, values.path(ConfigKey.RCLONE_CONFIG), flags);
        }

        private long readAhead(long automatic) throws PoolException {
            ConfigKey key = ConfigKey.READ_AHEAD_MAX;
            return "auto".equals(values.text(key.word(), key.allowed()))
                    ? automatic
                    : size(key, 0, 16 * GIB, automatic);
        }

        private long size(ConfigKey key, long least, long most, long fallback) throws PoolException {
            return values.size(key.word(), key.allowed(), least, most).orElse(fallback);
        }

        private Duration time(ConfigKey key, long fallbackSeconds, long least, long most) throws PoolException {
            return values.time(
                    key, Duration.ofSeconds(fallbackSeconds), Duration.ofSeconds(least), Duration.ofSeconds(most));
        }

        private static @Nullable Path firstOf(@Nullable Path first, @Nullable Path second) {
            return first != null ? first : second;
        }
    }
}
