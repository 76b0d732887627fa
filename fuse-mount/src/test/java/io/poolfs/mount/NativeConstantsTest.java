package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;

import jnr.constants.platform.Errno;
import org.junit.jupiter.api.Test;

class NativeConstantsTest {
    @Test
    void errno_onThisSystem_hasTheNumbersOfLinux() {
        assertThat(Errno.EOPNOTSUPP.intValue()).isEqualTo(95);
    }
}
