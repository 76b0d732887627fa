package io.poolfs.core.remote.rclone;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RcloneFlagsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--dry-run",
                "-n",
                "-vn",
                "--dry-run=true",
                "--ignore-existing",
                "--max-transfer=1G",
                "--include=*.jpg",
                "--exclude-from=x",
                "--exclude-if-present=.x",
                "--filter=- *",
                "-f",
                "--filter-from=x",
                "--files-from=x",
                "--files-from-raw=x",
                "--min-size=1",
                "--max-size=1",
                "--min-age=1d",
                "--max-age=1d",
                "--rc-addr=:5572",
                "--rc-no-auth",
                "--rc",
                "--immutable",
                "--interactive",
                "-i",
                "--use-json-log",
                "--ignore-size",
                "--size-only",
                "--update",
                "-u",
                "--config=/x",
                "--quiet",
                "-q",
                "--dump=auth",
                "--backup-dir=x",
                "--max-depth=1",
                "--ask-password=false",
                "--"
            })
    void check_flagThatFakesFiltersOrLimits_isRefusedByName(String flag) {
        String name = flag.replaceFirst("=.*", "");
        assertThatThrownBy(() -> RcloneFlags.check(List.of("--bwlimit=1M", flag), Map.of()))
                .isInstanceOf(PoolException.class)
                .hasMessageContaining(flag.equals("-vn") ? "-n" : name);
    }

    @Test
    void check_harmlessFlags_areTaken() {
        assertThatCode(() -> RcloneFlags.check(
                        List.of(
                                "-vv",
                                "--bwlimit=5M",
                                "--tpslimit",
                                "10",
                                "--drive-use-trash=false",
                                "--sftp-concurrency=4",
                                "--no-traverse",
                                "--password-command=pass rclone",
                                "-L"),
                        Map.of("RCLONE_CONFIG", "/x", "RCLONE_CONFIG_PASS", "p", "RCLONE_CONFIG_DISK_TYPE", "local")))
                .doesNotThrowAnyException();
    }

    @Test
    void check_variables_areRefusedByName() {
        Map<String, String> environment = Map.of(
                "RCLONE_DRY_RUN", "true", "RCLONE_RC_NO_AUTH", "1", "RCLONE_FILTER_FROM", "/x", "RCLONE_UPDATE", "");
        assertThatThrownBy(() -> RcloneFlags.check(List.of(), environment))
                .hasMessageContaining("RCLONE_DRY_RUN")
                .hasMessageContaining("RCLONE_RC_NO_AUTH")
                .hasMessageContaining("RCLONE_FILTER_FROM")
                .hasMessageNotContaining("RCLONE_UPDATE");
    }
}
