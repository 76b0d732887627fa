package io.poolfs.cli.daemon;

import io.poolfs.cli.service.KernelView;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.FuseMount;
import io.poolfs.mount.session.MountSettings;
import java.nio.file.Path;

/** Mounts through FUSE. */
public final class FuseMounter implements Mounter {
    @Override
    public Mounted mount(PoolFileSystem fs, Path mountpoint, String source, String options) throws PoolException {
        return new Mount(
                FuseMount.mount(fs, MountSettings.of(mountpoint, source).withOptions(options)));
    }

    private record Mount(FuseMount mount) implements Mounted, KernelView {
        @Override
        public KernelView kernel() {
            return this;
        }

        @Override
        public void awaitEnd() throws InterruptedException {
            mount.awaitUnmounted();
        }

        @Override
        public void unmount() throws PoolException {
            mount.unmount();
        }

        @Override
        public String transport() {
            return mount.transport();
        }

        @Override
        public void settle() throws PoolException {
            mount.settle();
        }

        @Override
        public void changed(long inode) {
            mount.invalidate(inode);
        }

        @Override
        public void entryChanged(long parent, FileName name) {
            mount.invalidateEntry(parent, name);
        }
    }
}
