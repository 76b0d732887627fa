package io.poolfs.core.remote.rclone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackendOriginTest {
    private static final Map<String, Map<String, String>> CONFIG = Map.ofEntries(
            Map.entry("disk", Map.of("type", "alias", "remote", "/mnt/disk")),
            Map.entry("secret", Map.of("type", "crypt", "remote", "disk:enc", "password", "x")),
            Map.entry("deep", Map.of("type", "alias", "remote", "secret:sub")),
            Map.entry("dav", Map.of("type", "webdav", "url", "https://Host/dav", "user", "ann", "pass", "p1")),
            Map.entry("dav2", Map.of("type", "webdav", "url", "https://host/dav", "user", "ann", "pass", "p2")),
            Map.entry("bob", Map.of("type", "webdav", "url", "https://host/dav", "user", "bob")),
            Map.entry("drive", Map.of("type", "drive", "token", "{\"access_token\":\"a1\",\"refresh_token\":\"r\"}")),
            Map.entry("drive2", Map.of("type", "drive", "token", "{\"access_token\":\"a2\",\"refresh_token\":\"r\"}")),
            Map.entry("loop", Map.of("type", "alias", "remote", "loop:")),
            Map.entry("folder", Map.of("type", "local")),
            Map.entry("linked", Map.of("type", "local", "copy_links", "true")),
            Map.entry("cut", Map.of("type", "chunker", "remote", "/mnt/disk")));

    @Test
    void resolve_wrappers_areTakenOff() throws Exception {
        BackendOrigin origin = resolve("deep:x");
        assertThat(origin.type()).isEqualTo("local");
        assertThat(origin.localPath()).isEqualTo("/mnt/disk/enc");
        assertThat(origin.cryptUnder()).isEqualTo("disk:enc");
        assertThat(resolve("disk:a/b").localPath()).isEqualTo("/mnt/disk/a/b");
        assertThat(resolve("/plain").localPath()).isEqualTo("/plain");
        assertThat(resolve("/plain").confirmsUploads()).isTrue();
    }

    @Test
    void of_directories_onlyWhatIsNothingElse() throws Exception {
        assertThat(directory("/plain")).hasValue(Path.of("/plain"));
        assertThat(directory("disk:a/b")).hasValue(Path.of("/mnt/disk/a/b"));
        assertThat(directory("folder:/mnt/x")).hasValue(Path.of("/mnt/x"));
        assertThat(directory(":local:/mnt/x")).hasValue(Path.of("/mnt/x"));
        for (String other : List.of(
                "secret:", "deep:", "dav:", "cut:", "linked:/mnt/x", "folder:relative", ":local,links=true:/mnt/x")) {
            assertThat(directory(other)).as(other).isEmpty();
        }
        for (String flag : List.of("--bwlimit=1M", "--local-no-sparse")) {
            assertThat(new PlainDirectory(RcloneLaunch.defaults().withFlags(List.of(flag)), BackendOriginTest::section)
                            .of("/plain"))
                    .as(flag)
                    .isEmpty();
        }
    }

    private static Optional<Path> directory(String remote) throws PoolException {
        return new PlainDirectory(RcloneLaunch.defaults(), BackendOriginTest::section).of(remote);
    }

    @Test
    void resolve_sameAccount_hasTheSameDigest() throws Exception {
        assertThat(resolve("dav:a").account()).isEqualTo(resolve("dav2:b").account());
        assertThat(resolve("dav:").account()).isNotEqualTo(resolve("bob:").account());
        assertThat(resolve("drive:").account()).isEqualTo(resolve("drive2:").account());
        assertThat(resolve("unknown:").account())
                .isNotEqualTo(resolve("unknown2:").account());
    }

    @Test
    void resolve_loop_isAConfigurationError() {
        assertThatThrownBy(() -> resolve("loop:"))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIG));
    }

    @Test
    void parse_forms_areTold() throws Exception {
        assertThat(RcloneName.parse("a b:c:d")).isEqualTo(new RcloneName("a b", "", "c:d"));
        assertThat(RcloneName.parse(":sftp,host=h:p")).isEqualTo(new RcloneName("", "sftp", "p"));
        assertThat(RcloneName.parse("name,opt=1:p")).isEqualTo(new RcloneName("name", "", "p"));
        assertThat(RcloneName.parse("/a:b").isLocalPath()).isTrue();
        assertThatThrownBy(() -> RcloneName.parseRemote("relative/path")).hasMessageContaining("relative/path");
        assertThatThrownBy(() -> RcloneName.parseRemote("a:b]c")).hasMessageContaining("]");
    }

    private static BackendOrigin resolve(String remote) throws PoolException {
        return BackendOrigin.resolve(remote, BackendOriginTest::section);
    }

    private static Map<String, String> section(String name) {
        return CONFIG.getOrDefault(name, Map.of());
    }
}
