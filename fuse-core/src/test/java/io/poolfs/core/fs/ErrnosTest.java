package io.poolfs.core.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrnosTest {
    @ParameterizedTest
    @EnumSource
    void of_everyReason_isAnErrno(Reason reason) {
        assertThat(Errnos.of(reason)).isBetween(1, 133);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"OBJECT_NOT_FOUND", "REMOTE_MISSING", "REMOTE_UNAVAILABLE", "TIMEOUT", "NO_QUORUM"})
    void of_whatARemoteLacks_isNeverAMissingFile(Reason reason) {
        assertThat(Errnos.of(reason)).isEqualTo(Errnos.EIO);
    }
}
