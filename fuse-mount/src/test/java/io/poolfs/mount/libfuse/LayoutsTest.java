package io.poolfs.mount.libfuse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What a C compiler says of libfuse 2.9.9 and glibc with FUSE_USE_VERSION 26 and 64-bit offsets. */
class LayoutsTest {
    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
    void stat_onAmd64_isThatOfTheCompiler() {
        assertThat(Layouts.Stat.SIZE).isEqualTo(144);
        assertThat(Layouts.Stat.LINKS).isEqualTo(16);
        assertThat(Layouts.Stat.MODE).isEqualTo(24);
        assertThat(Layouts.Stat.OWNER).isEqualTo(28);
        assertThat(Layouts.Stat.GROUP).isEqualTo(32);
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "aarch64")
    void stat_onArm_isThatOfTheCompiler() {
        assertThat(Layouts.Stat.SIZE).isEqualTo(128);
        assertThat(Layouts.Stat.MODE).isEqualTo(16);
        assertThat(Layouts.Stat.LINKS).isEqualTo(20);
        assertThat(Layouts.Stat.OWNER).isEqualTo(24);
        assertThat(Layouts.Stat.GROUP).isEqualTo(28);
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
    void stat_onAmd64_hasItsTimesAndSizesWhereTheCompilerHasThem() {
        assertThat(Layouts.Stat.INODE).isEqualTo(8);
        assertThat(Layouts.Stat.DEVICE).isEqualTo(40);
        assertThat(Layouts.Stat.SIZE_BYTES).isEqualTo(48);
        assertThat(Layouts.Stat.BLOCK_SIZE).isEqualTo(56);
        assertThat(Layouts.Stat.BLOCKS).isEqualTo(64);
        assertThat(Layouts.Stat.ACCESS).isEqualTo(72);
        assertThat(Layouts.Stat.MODIFY).isEqualTo(88);
        assertThat(Layouts.Stat.CHANGE).isEqualTo(104);
    }

    @Test
    void entry_holdsAStatAndTwoTimeouts() {
        assertThat(Layouts.Entry.SIZE).isEqualTo(Layouts.Stat.SIZE + 32);
    }

    @Test
    void fileInfo_onLinux_isThatOfTheCompiler() {
        assertThat(Layouts.FileInfo.FLAGS).isZero();
        assertThat(Layouts.FileInfo.BITS).isEqualTo(20);
        assertThat(Layouts.FileInfo.HANDLE).isEqualTo(24);
    }

    @Test
    void space_onLinux_isThatOfTheCompiler() {
        assertThat(Layouts.Space.SIZE).isEqualTo(112);
        assertThat(Layouts.Space.BLOCKS).isEqualTo(16);
        assertThat(Layouts.Space.FILES_AVAILABLE).isEqualTo(56);
        assertThat(Layouts.Space.NAME_MAX).isEqualTo(80);
    }

    @Test
    void operations_areAsManyAsInLibfuse29() {
        assertThat(OperationTable.Slot.values()).hasSize(328 / 8);
    }
}
