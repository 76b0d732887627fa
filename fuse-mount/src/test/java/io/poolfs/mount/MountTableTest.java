package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void parse_withOptionalFieldsAndBlanks_findsEverything() {
        assertThat(
                        MountTable.parse(
                                "37 28 0:45 / /mnt/my\\040pool rw,relatime shared:1 master:2 - fuse.poolfs a\\040b rw,user_id=0"))
                .isEqualTo(new MountTable.Line("0:45", "/mnt/my pool", "fuse.poolfs"));
    }

    @Test
    void parse_withoutOptionalFields_findsEverything() {
        assertThat(MountTable.parse("25 1 254:0 / / rw - ext4 /dev/root rw"))
                .isEqualTo(new MountTable.Line("254:0", "/", "ext4"));
    }
}
