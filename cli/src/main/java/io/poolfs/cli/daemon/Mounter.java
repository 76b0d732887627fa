package io.poolfs.cli.daemon;

import io.poolfs.cli.service.KernelView;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;

/** Mounts a file system: FUSE, or a test's own. */
@FunctionalInterface
public interface Mounter {
    /** Returns when the mount answers. {@code options} as behind {@code -o}; CONFIG names one that is unknown. */
    Mounted mount(PoolFileSystem fs, Path mountpoint, String source, String options) throws PoolException;

    /** A mount that answers. */
    interface Mounted {
        KernelView kernel();

        /** Waits until it has ended, whoever ended it. */
        void awaitEnd() throws InterruptedException;

        /** Ends it, for those too who still use it. */
        void unmount() throws PoolException;
    }
}
