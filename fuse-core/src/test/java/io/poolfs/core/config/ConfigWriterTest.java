package io.poolfs.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.Timetable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWriterTest {
    private static final Timetable DAY = Rates.parse("23:00,off 8:00,2M").orElseThrow();

    @TempDir
    Path directory;

    private final ConfigReader reader = new ConfigReader(FakeSurroundings.user());

    @Test
    void text_writtenAndRead_isTheSame() throws Exception {
        RemoteConfig odd =
                new RemoteConfig("a:we\"ird\\path", 3, false, OptionalLong.of(5L << 30), 7, 1, 2, DAY, 1.5, 9);
        Map<ConfigKey, String> chosen = new EnumMap<>(ConfigKey.class);
        chosen.put(ConfigKey.CACHE_DIR, "/dev/shm/with space");
        chosen.put(ConfigKey.CHUNK_SIZE, "64M");
        chosen.put(ConfigKey.POOL_ID, "00112233445566778899001122334455");
        Path file = directory.resolve("sub/media.yaml");

        ConfigWriter.write(file, ConfigWriter.text("media", List.of(odd, RemoteConfig.of("b:")), chosen));
        PoolConfig config = reader.read(file);

        assertThat(config.remotes()).containsExactly(odd, RemoteConfig.of("b:"));
        assertThat(config.cacheDir()).isEqualTo(Path.of("/dev/shm/with space"));
        assertThat(config.chunkSizeBytes()).isEqualTo(64 << 20);
        assertThat(config.poolId()).hasToString("00112233445566778899001122334455");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory.resolve("sub")).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void putBandwidth_commentedAndSet_changesThatLineOnly() throws Exception {
        Path file = directory.resolve("media.yaml");
        ConfigWriter.write(file, ConfigWriter.text("media", List.of(RemoteConfig.of("a:")), Map.of()));
        ConfigEdit edit = new ConfigEdit(FakeSurroundings.user());
        String before = Files.readString(file);

        assertThat(edit.putBandwidth(file, DAY).bandwidth()).isEqualTo(DAY);
        assertThat(reader.read(file).bandwidth()).isEqualTo(DAY);
        assertThat(edit.putBandwidth(file, Timetable.constant(1 << 20)).bandwidth())
                .isEqualTo(Timetable.constant(1 << 20));
        assertThat(Files.readString(file)).contains("\nbandwidth: \"1M\"\n").doesNotContain("08:00");
        edit.putBandwidth(file, Timetable.NO_LIMIT);
        assertThat(reader.read(file).bandwidth()).isEqualTo(Timetable.NO_LIMIT);
        assertThat(Files.readAllLines(file)).hasSameSizeAs(before.lines().toList());
    }

    @Test
    void text_commentedDefaults_areTheDefaults() throws Exception {
        String text = ConfigWriter.text("media", List.of(RemoteConfig.of("a:")), Map.of());
        String uncommented =
                text.replaceAll("(?m)^# (chunk_size|fsync|gc_grace|read_ahead_max|rclone_flags|spread):", "$1:");

        PoolConfig plain = reader.parse("media", Path.of("/x/media.yaml"), text);
        PoolConfig explicit = reader.parse("media", Path.of("/x/media.yaml"), uncommented);

        assertThat(uncommented).isNotEqualTo(text);
        assertThat(explicit).isEqualTo(plain);
    }

    @Test
    void putRemote_newAndKnown_keepsTheRestOfTheFile() throws Exception {
        Path file = directory.resolve("media.yaml");
        Files.writeString(
                file,
                "# mine\nremotes:\n  - name: \"a:\"   # first\n    uploads: 3\n  - \"b:\"\n\nspread: file # why\n");
        ConfigEdit edit = new ConfigEdit(FakeSurroundings.user());

        edit.putRemote(file, RemoteConfig.of("c:x"));
        PoolConfig after =
                edit.putRemote(file, reader.read(file).remotes().get(0).withEnabled(false));

        assertThat(after.remotes()).extracting(RemoteConfig::name).containsExactly("a:", "b:", "c:x");
        assertThat(after.remotes().get(0).enabled()).isFalse();
        assertThat(after.remotes().get(0).uploads()).isEqualTo(3);
        assertThat(Files.readString(file))
                .startsWith("# mine\nremotes:\n  - {name: \"a:\"")
                .endsWith("\n\nspread: file # why\n");
    }

    @Test
    void putRemote_listInOneLine_isLeftToTheUser() throws Exception {
        Path file = directory.resolve("media.yaml");
        Files.writeString(file, "remotes: [\"a:\", \"b:\"]\n");

        assertThatThrownBy(() -> new ConfigEdit(FakeSurroundings.user()).putRemote(file, RemoteConfig.of("c:")))
                .hasMessageContaining("put this there yourself");
        assertThat(Files.readString(file)).isEqualTo("remotes: [\"a:\", \"b:\"]\n");
    }

    @Test
    void between_twoConfigurations_tellsWhatNeedsARemount() throws Exception {
        PoolConfig before = reader.parse(
                "m", Path.of("/x/m.yaml"), "remotes: [\"a:\"]\nspread: file\nbalance_slack: 1M\nread_ahead_max: 1M\n");
        PoolConfig after = reader.parse(
                "m", Path.of("/x/m.yaml"), "remotes: [\"a:\", \"b:\"]\nbalance_slack: 1M\nread_ahead_max: 1M\n");

        assertThat(ConfigChanges.between(before, after))
                .isEqualTo(new ConfigChanges(List.of(ConfigKey.REMOTES), List.of(ConfigKey.SPREAD)));
    }
}
