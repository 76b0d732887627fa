package io.poolfs.mount.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountOptionsTest {
    private static final MountSettings PLAIN = MountSettings.of(Path.of("/mnt/pool"), "pool");

    @Test
    void withOptions_everythingThatIsKept_isInTheSettings() throws PoolException {
        MountSettings settings =
                PLAIN.withOptions("ro,allow_other,uid=1000,gid=100,umask=027,entry_timeout=1.5,attr_timeout=0,noexec");

        assertThat(settings.readOnly()).isTrue();
        assertThat(settings.allowOther()).isTrue();
        assertThat(settings.shownOwner()).isEqualTo(1000);
        assertThat(settings.shownGroup()).isEqualTo(100);
        assertThat(settings.shownUmask()).isEqualTo(027);
        assertThat(settings.entryTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(settings.attributeTimeout()).isZero();
        assertThat(settings.kernelOptions()).containsExactly("noexec");
        assertThat(settings.passthrough()).isTrue();
        assertThat(PLAIN.withOptions("passthrough=off").passthrough()).isFalse();
    }

    @Test
    void withOptions_ofFstab_arePassedOver() throws PoolException {
        assertThat(PLAIN.withOptions("rw,defaults,_netdev,nofail,noauto,user,x-systemd.automount,comment=hello"))
                .isEqualTo(PLAIN);
    }

    @Test
    void withOptions_theLastOfTwo_wins() throws PoolException {
        assertThat(PLAIN.withOptions("ro,rw").readOnly()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonempty",
                "bogus",
                "bogus=1",
                "uid=root",
                "uid=-1",
                "umask=9",
                "umask=7777",
                "attr_timeout=x",
                "passthrough=x"
            })
    void withOptions_thatCannotBeKept_areNamed(String option) {
        assertThatThrownBy(() -> PLAIN.withOptions("rw," + option))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIG))
                .hasMessageContaining(option);
    }

    @Test
    void forLibfuse_alwaysLetsTheKernelCheckPermissions() {
        assertThat(MountOptions.forFuse(PLAIN, 131072))
                .isEqualTo("fsname=pool,subtype=poolfs,default_permissions,max_read=131072");
    }

    @Test
    void forLibfuse_aSourceWithCommas_isEscaped() {
        MountSettings settings = MountSettings.of(Path.of("/mnt/pool"), "a,b\\c");

        assertThat(MountOptions.forFuse(settings, 131072)).startsWith("fsname=a\\,b\\\\c,");
    }

    @Test
    void forLibfuse_whatWasAskedFor_isPassedOn() throws PoolException {
        assertThat(MountOptions.forFuse(PLAIN.withOptions("ro,allow_other,noatime,auto_unmount"), 131072))
                .endsWith(",ro,allow_other,noatime,auto_unmount");
    }
}
