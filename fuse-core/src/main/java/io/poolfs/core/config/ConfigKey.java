package io.poolfs.core.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every key of a pool's configuration: what it is, what it may be, its default, and when a change takes effect. */
public enum ConfigKey {
    REMOTES("remotes", "a list of remotes", "", Applies.ON_RELOAD, "where chunks and metadata are kept"),
    POOL_ID("pool_id", "32 hex digits", "", Applies.ON_MOUNT, "the pool that these remotes belong to"),
    DATA_PREFIX("data_prefix", "a relative folder", "poolfs_data", Applies.ON_MOUNT, "folder of the chunks"),
    MANIFEST_PREFIX(
            "manifest_prefix", "a relative folder", "poolfs_manifests", Applies.ON_MOUNT, "folder of the metadata"),
    CHUNK_SIZE("chunk_size", Words.size("64K", "16G"), "100M", Applies.ON_MOUNT, "cut of large files"),
    BALANCE("balance", Words.of(Balance.values()), "least-used", Applies.ON_MOUNT, "which remote takes the next chunk"),
    BALANCE_SLACK(
            "balance_slack", Words.size("0", "1T"), "one chunk", Applies.ON_MOUNT, "unevenness that is tolerated"),
    SPREAD(
            "spread",
            Words.of(Spread.values()),
            "chunks",
            Applies.ON_MOUNT,
            "file: a file stays on one remote while it fits"),
    CACHE_DIR(
            "cache_dir",
            Words.PATH,
            "/dev/shm/poolfs-UID/POOL",
            Applies.ON_MOUNT,
            "tmpfs; a disk changes the default of fsync"),
    CACHE_SIZE(
            "cache_size",
            Words.size("4M", "16T") + ", or 1% to 90%",
            "25%, at most 4G",
            Applies.ON_MOUNT,
            "budget of cache and stage together"),
    STATE_DIR("state_dir", Words.PATH, "~/.local/state/poolfs/POOL", Applies.ON_MOUNT, "journal and metadata"),
    SPILL_DIR(
            "spill_dir", Words.PATH, "STATE_DIR/spill", Applies.ON_MOUNT, "a disk: takes what a stop could not upload"),
    FSYNC("fsync", Words.of(FsyncMode.values()), "remote", Applies.ON_MOUNT, "where a file must be when fsync returns"),
    FSYNC_TIMEOUT(
            "fsync_timeout",
            Words.time("1s", "1d"),
            "120s",
            Applies.ON_MOUNT,
            "then fsync fails; the data stays staged"),
    REMOTE_TIMEOUT("remote_timeout", Words.time("1s", "1h"), "30s", Applies.ON_MOUNT, "one answer of one remote"),
    STOP_DRAIN_TIMEOUT(
            "stop_drain_timeout",
            Words.time("0s", "1d"),
            "60s",
            Applies.ON_MOUNT,
            "uploading at a stop, before the rest is spilled"),
    STAGE_AGE(
            "stage_age", Words.time("1s", "1d"), "30s", Applies.ON_MOUNT, "changed data older than this is committed"),
    PACK_WINDOW("pack_window", Words.time("0s", "1m"), "1s", Applies.ON_MOUNT, "small files of this time share chunks"),
    SHIP_INTERVAL(
            "ship_interval",
            Words.time("100ms", "1h"),
            "5s",
            Applies.ON_MOUNT,
            "metadata goes to the remotes this often"),
    READ_AHEAD_MAX(
            "read_ahead_max",
            "auto, or " + Words.size("0", "16G"),
            "auto",
            Applies.ON_MOUNT,
            "auto: (remotes + 1) x chunk_size, at most half the budget"),
    GC_GRACE(
            "gc_grace",
            Words.time("0s", "365d"),
            "24h",
            Applies.ON_MOUNT,
            "deleted data stays on the remotes this long"),
    CLAIM_SETTLE(
            "claim_settle", Words.time("0s", "10m"), "3s", Applies.ON_MOUNT, "wait for other mounts' claims to show"),
    BANDWIDTH(
            "bandwidth",
            Rates.ALLOWED,
            "off",
            Applies.ON_RELOAD,
            "limit of all remotes together, each way; of one remote: its own key bandwidth"),
    TRANSPORT(
            "transport",
            Words.of(TransportChoice.values()),
            "auto",
            Applies.ON_MOUNT,
            "how a mount talks to the kernel; auto: its own protocol, else jnr-fuse"),
    RCLONE_BINARY("rclone_binary", "a path or a name", "rclone", Applies.ON_MOUNT, "the rclone program"),
    RCLONE_CONFIG("rclone_config", Words.PATH, "rclone's own", Applies.ON_MOUNT, "rclone's configuration file"),
    RCLONE_FLAGS("rclone_flags", "a list of flags", "[]", Applies.ON_MOUNT, "more flags for rclone");

    /** When a change of a key takes effect. */
    public enum Applies {
        /** {@code poolfs reload} is enough. */
        ON_RELOAD,
        /** At the next mount. */
        ON_MOUNT
    }

    private final String word;
    private final String allowed;
    private final String defaultText;
    private final Applies applies;
    private final String help;

    ConfigKey(String word, String allowed, String defaultText, Applies applies, String help) {
        this.word = word;
        this.allowed = allowed;
        this.defaultText = defaultText;
        this.applies = applies;
        this.help = help;
    }

    /** The key in the file. */
    public String word() {
        return word;
    }

    /** What may stand there, for messages. */
    public String allowed() {
        return allowed;
    }

    /** The default as a person reads it; empty when there is none. */
    public String defaultText() {
        return defaultText;
    }

    public Applies applies() {
        return applies;
    }

    public String help() {
        return help;
    }

    static Optional<ConfigKey> of(String word) {
        return Arrays.stream(values()).filter(key -> key.word.equals(word)).findFirst();
    }

    @Override
    public String toString() {
        return word;
    }

    /** Texts of what is allowed. An own class: an enum's constants are made before its static fields. */
    private static final class Words {
        static final String PATH = "an absolute path, or one that starts with ~/";

        static String size(String least, String most) {
            return "a size such as 512K, 100M or 4G, from " + least + " to " + most;
        }

        static String time(String least, String most) {
            return "a time such as 500ms, 30s, 5m, 24h or 7d, from " + least + " to " + most;
        }

        static String of(Object[] words) {
            return Arrays.stream(words).map(Object::toString).collect(Collectors.joining(", "));
        }
    }
}
