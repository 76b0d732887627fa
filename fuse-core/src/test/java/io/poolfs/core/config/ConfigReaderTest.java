package io.poolfs.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Timetable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    private static final String TWO_REMOTES = "remotes:\n  - {name: \"a:\"}\n  - {name: \"b:x\"}\n";
    private static final Path FILE = Path.of("/home/ann/.config/poolfs/media.yaml");

    @Test
    void parse_onlyRemotes_givesTheDefaultsOfTheDesign() throws Exception {
        PoolConfig config = parse(TWO_REMOTES);

        assertThat(config.name()).isEqualTo("media");
        assertThat(config.poolId()).isNull();
        assertThat(config.remotes()).containsExactly(RemoteConfig.of("a:"), RemoteConfig.of("b:x"));
        assertThat(config.dataPrefix()).isEqualTo("poolfs_data");
        assertThat(config.manifestPrefix()).isEqualTo("poolfs_manifests");
        assertThat(config.chunkSizeBytes()).isEqualTo(104857600);
        assertThat(config.balance()).isEqualTo(Balance.LEAST_USED);
        assertThat(config.balanceSlackBytes()).isEqualTo(104857600);
        assertThat(config.spread()).isEqualTo(Spread.CHUNKS);
        assertThat(config.cacheDir()).isEqualTo(Path.of("/dev/shm/poolfs-1000/media"));
        assertThat(config.cacheSizeBytes()).isEqualTo(2L << 30);
        assertThat(config.stateDir()).isEqualTo(Path.of("/home/ann/.local/state/poolfs/media"));
        assertThat(config.spillDir()).isEqualTo(Path.of("/home/ann/.local/state/poolfs/media/spill"));
        assertThat(config.fsync()).isEqualTo(FsyncMode.REMOTE);
        assertThat(config.fsyncTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.remoteTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.stopDrainTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.stageAge()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.packWindow()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.shipInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.readAheadMaxBytes()).isEqualTo(3 * 104857600L);
        assertThat(config.gcGrace()).isEqualTo(Duration.ofHours(24));
        assertThat(config.claimSettle()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.rclone()).isEqualTo(RcloneSettings.DEFAULT);
        assertThat(config.notes()).isEmpty();
    }

    @Test
    void parse_everyKeySet_takesEach() throws Exception {
        PoolConfig config = parse("""
                remotes:
                  - {name: "a:", priority: 2, enabled: false, capacity: 20G, min_free: 1G, uploads: 1, downloads: 8, bandwidth: 5M, requests_per_second: 2.5, weight: 3}
                pool_id: 0123456789abcdef0123456789abcdef
                data_prefix: d/e
                manifest_prefix: m
                chunk_size: 64M
                balance: round-robin
                balance_slack: 1G
                spread: file
                cache_dir: ~/cache
                cache_size: 10%
                state_dir: /s
                spill_dir: /spill
                fsync: remote
                fsync_timeout: 2m
                remote_timeout: 10s
                stop_drain_timeout: 0
                stage_age: 1h
                pack_window: 500ms
                ship_interval: 1s
                read_ahead_max: 32M
                gc_grace: 7d
                claim_settle: 0s
                rclone_binary: /opt/rclone
                rclone_config: /r.conf
                rclone_flags: [--fast-list, "--user-agent=x"]
                """);

        assertThat(config.remotes())
                .containsExactly(new RemoteConfig(
                        "a:",
                        2,
                        false,
                        OptionalLong.of(20L << 30),
                        1L << 30,
                        1,
                        8,
                        Timetable.constant(5L << 20),
                        2.5,
                        3));
        assertThat(config.poolId()).hasToString("0123456789abcdef0123456789abcdef");
        assertThat(config.dataPrefix()).isEqualTo("d/e");
        assertThat(config.cacheDir()).isEqualTo(Path.of("/home/ann/cache"));
        assertThat(config.cacheSizeBytes()).isEqualTo(10L << 30);
        assertThat(config.spillDir()).isEqualTo(Path.of("/spill"));
        assertThat(config.packWindow()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.readAheadMaxBytes()).isEqualTo(32L << 20);
        assertThat(config.gcGrace()).isEqualTo(Duration.ofDays(7));
        assertThat(config.rclone())
                .isEqualTo(new RcloneSettings(
                        "/opt/rclone", Path.of("/r.conf"), List.of("--fast-list", "--user-agent=x")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chunk_size: 100Q|4|chunk_size: \"100Q\" is not possible; allowed: a size such as",
                "chunk_size: 1K|4|from 64K to 16G",
                "balance: best|4|least-used, most-free, weighted, round-robin",
                "cache_dir: cache|4|an absolute path",
                "fsync_timeout: 30|4|a time such as",
                "cache_size: 99%|4|1% to 90%",
                "chunksize: 1M|4|did you mean \"chunk_size\"",
                "data_prefix: ../x|4|a relative folder",
                "'data_prefix: \"a\\0\"'|4|a relative folder",
                "'cache_dir: \"/a\\0\"'|4|an absolute path",
                "pool_id: 12|4|32 hex digits",
                "rclone_flags: --x|4|a list is wanted",
                "fsync: [a]|4|a single value is wanted",
                "remotes: []|4|given twice, first in line 1",
            })
    void parse_wrongKeyOrValue_isRefusedWithLineAndWhatIsAllowed(String line, int number, String said) {
        assertThatThrownBy(() -> parse(TWO_REMOTES + line + "\n"))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIG))
                .hasMessageStartingWith(FILE + ":" + number + ": ")
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- {name: \"a:\", uploads: 0}|a whole number from 1 to 64",
                "- {name: \"a:\", upload: 1}|unknown key \"upload\" of a remote",
                "- {priority: 1}|a remote without name",
                "- relative/dir|absolute path of a directory",
                "- {name: \"b:\", enabled: maybe}|true, false",
                "- [x]|a remote is a name or",
            })
    void parse_wrongRemote_isRefused(String item, String said) {
        assertThatThrownBy(() -> parse("remotes:\n  " + item + "\n"))
                .isInstanceOf(PoolException.class)
                .hasMessageStartingWith(FILE + ":2: ")
                .hasMessageContaining(said);
    }

    @Test
    void parse_remoteTwice_namesBothLines() {
        assertThatThrownBy(() -> parse("remotes:\n  - \"a:\"\n  - \"b:\"\n  - \"a:\"\n"))
                .hasMessageStartingWith(FILE + ":4: ")
                .hasMessageContaining("\"a:\" is given twice, first in line 2");
    }

    @Test
    void parse_brokenYaml_saysWhere() {
        assertThatThrownBy(() -> parse("remotes:\n  - {name: \"a:\"\nbalance: x\n"))
                .isInstanceOf(PoolException.class)
                .hasMessageContaining("not YAML");
        assertThatThrownBy(() -> parse("")).hasMessageContaining("the file is empty");
    }

    @Test
    void parse_rclonepoolConfig_keepsItsMeaning() throws Exception {
        String text = """
                {
                \t"remotes": ["mega1:", "mega2"],
                \t"chunk_size": 104857600,
                \t"data_prefix": "rclonepool_data",
                \t"manifest_prefix": "rclonepool_manifests",
                \t"use_crypt": true,
                \t"crypt_remotes": ["crypt-mega1:", "crypt-mega2"],
                \t"temp_dir": "/dev/shm/rclonepool",
                \t"rclone_binary": "rclone",
                \t"rclone_flags": ["--fast-list"],
                \t"webdav_port": 8080, "webdav_host": "0.0.0.0"
                }
                """;
        ConfigReader reader = new ConfigReader(FakeSurroundings.user());

        PoolConfig config = reader.parse("old", Path.of("/x/config.json"), text);
        PoolConfig plain = reader.parse("old", Path.of("/x/config.json"), text.replace("true", "false"));

        assertThat(config.remotes()).extracting(RemoteConfig::name).containsExactly("crypt-mega1:", "crypt-mega2:");
        assertThat(plain.remotes()).extracting(RemoteConfig::name).containsExactly("mega1:", "mega2:");
        assertThat(config.cacheDir()).isEqualTo(Path.of("/dev/shm/rclonepool"));
        assertThat(config.dataPrefix()).isEqualTo("rclonepool_data");
        assertThat(config.notes()).singleElement().asString().contains("webdav_port");
    }

    @Test
    void parse_userWithoutLinger_putsTheCacheOnDiskAndSaysSo() throws Exception {
        Surroundings user = new FakeSurroundings(1000, Path.of("/home/ann"), false, Map.of());

        PoolConfig config = new ConfigReader(user).parse("media", FILE, TWO_REMOTES);

        assertThat(config.cacheDir()).isEqualTo(Path.of("/home/ann/.cache/poolfs/media"));
        assertThat(config.fsync()).isEqualTo(FsyncMode.LOCAL);
        assertThat(config.cacheSizeBytes()).isEqualTo(4L << 30);
        assertThat(config.notes()).singleElement().asString().contains("loginctl enable-linger");
    }

    @Test
    void parse_root_hasNoNumberInItsCacheDirectory() throws Exception {
        Surroundings root = new FakeSurroundings(0, null, true, Map.of());

        PoolConfig config = new ConfigReader(root).parse("media", FILE, TWO_REMOTES);

        assertThat(config.cacheDir()).isEqualTo(Path.of("/dev/shm/poolfs/media"));
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/poolfs/media"));
    }

    @Test
    void fittingChunkSize_tinyBudget_letsFourChunksFit() {
        assertThat(CacheSize.fittingChunkSize(100 << 20, 4L << 30)).isEqualTo(100 << 20);
        assertThat(CacheSize.fittingChunkSize(100 << 20, 16 << 20)).isEqualTo(4 << 20);
        assertThat(CacheSize.fittingChunkSize(100 << 20, 300 << 20)).isEqualTo(64 << 20);
    }

    @Test
    void minFree_ofASmallRemote_leavesMostOfIt() throws Exception {
        PoolConfig config = parse("remotes:\n  - {name: \"a:\", capacity: 100M}\n");

        assertThat(config.remotes().get(0).minFreeBytes()).isEqualTo(5 << 20);
    }

    private static PoolConfig parse(String text) throws PoolException {
        return new ConfigReader(FakeSurroundings.user()).parse("media", FILE, text);
    }
}
