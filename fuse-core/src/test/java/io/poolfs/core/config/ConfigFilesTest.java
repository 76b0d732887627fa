package io.poolfs.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFilesTest {
    @TempDir
    Path mine;

    @TempDir
    Path system;

    private ConfigFiles files;

    @BeforeEach
    void setUp() {
        files = new ConfigFiles(FakeSurroundings.user(), List.of(mine, system));
    }

    @Test
    void find_nothingConfigured_saysHowToBegin() {
        assertThatThrownBy(() -> files.find(null)).hasMessageContaining("`poolfs init` makes one");
    }

    @Test
    void find_onePool_isIt() throws Exception {
        Path file = Files.createFile(system.resolve("media.yaml"));

        assertThat(files.find(null)).isEqualTo(file);
        assertThat(files.find("media")).isEqualTo(file);
    }

    @Test
    void find_severalPools_listsThem() throws Exception {
        Files.createFile(mine.resolve("media.yaml"));
        Files.createFile(system.resolve("work.yaml"));

        assertThatThrownBy(() -> files.find(null))
                .hasMessageContaining("--pool")
                .hasMessageContaining("media, work");
        assertThatThrownBy(() -> files.find("wrok")).hasMessageContaining("there are: media, work");
    }

    @Test
    void find_bothPlaces_prefersTheUsers() throws Exception {
        Path own = Files.createFile(mine.resolve("media.yaml"));
        Files.createFile(system.resolve("media.yaml"));

        assertThat(files.find("media")).isEqualTo(own);
    }

    @Test
    void find_byVariableAndByPath() throws Exception {
        Path file = Files.createFile(system.resolve("work.yaml"));
        Files.createFile(mine.resolve("media.yaml"));
        ConfigFiles chosen = new ConfigFiles(
                new FakeSurroundings(1000, null, true, Map.of("POOLFS_POOL", "work")), List.of(mine, system));

        assertThat(chosen.find(null)).isEqualTo(file);
        assertThat(chosen.find(file.toString())).isEqualTo(file);
        assertThatThrownBy(() -> chosen.find("/nowhere/x.yaml")).hasMessageContaining("no configuration file");
    }
}
