package io.poolfs.cli.daemon;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.FuseMount;
import io.poolfs.mount.MountSettings;
import java.nio.file.Path;

/** Mounts through FUSE. */
public final class FuseMounter implements Mounter {
    @Override
    public Mounted mount(PoolFileSystem fs, Path mountpoint, String source, String options) throws PoolException {
        FuseMount mount =
                FuseMount.mount(fs, MountSettings.of(mountpoint, source).withOptions(options));
        return new Mounted() {
            @Override
            public void awaitEnd() throws InterruptedException {
                mount.awaitUnmounted();
            }

            @Override
            public void unmount() throws PoolException {
                mount.unmount();
            }
        };
    }
}
