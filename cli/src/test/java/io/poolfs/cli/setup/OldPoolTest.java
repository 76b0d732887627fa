package io.poolfs.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldPoolTest {
    @TempDir
    Path directory;

    @Test
    void read_encryptedWithKeysOfLaterVersions_givesTheCryptRemotes() throws Exception {
        OldPool old = read("{\"remotes\": [\"mega1:\"], \"crypt_remotes\": [\"crypt-mega1:\", \"crypt-mega2\"],"
                + " \"use_crypt\": true, \"manifest_prefix\": \"m/\", \"parity_data_shards\": 3}");
        assertThat(old.remotes()).containsExactly("crypt-mega1:", "crypt-mega2:");
        assertThat(old.manifestPrefix()).isEqualTo("m");
    }

    @Test
    void read_plainOrWithoutCryptRemotes_givesTheRemotes() throws Exception {
        assertThat(read("{\"remotes\": [\"a:\"], \"crypt_remotes\": [\"b:\"], \"use_crypt\": false}")
                        .remotes())
                .containsExactly("a:");
        OldPool old = read("{\"remotes\": [\"local1:/mnt/x/\"]}");
        assertThat(old.remotes()).containsExactly("local1:/mnt/x/");
        assertThat(old.manifestPrefix()).isEqualTo("rclonepool_manifests");
    }

    @Test
    void read_whatIsNoConfiguration_isRefused() {
        assertThatThrownBy(() -> read("[1]")).hasMessageContaining("names no remotes");
        assertThatThrownBy(() -> read("{")).hasMessageContaining("no JSON");
        assertThatThrownBy(() -> read("{\"remotes\": [{}]}")).hasMessageContaining("no list of names");
        assertThatThrownBy(() -> OldPool.read(directory.resolve("none"))).hasMessageContaining("there is no");
    }

    private OldPool read(String json) throws Exception {
        Path file = Files.writeString(directory.resolve("config.json"), json);
        try {
            return OldPool.read(file);
        } catch (PoolException e) {
            assertThat(e.getMessage()).contains(file.toString());
            throw e;
        }
    }
}
