package io.poolfs.cli.service;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of the pool through its mount: it is told of changes that do not come from it, and asked whether
 * it has told all. Usable from any thread; does nothing where there is no mount.
 */
public interface KernelView {
    /** What carries the requests of the mount, and why if that is not the usual; null without a mount. */
    @Nullable
    String transport();

    /** Returns when what programs closed before this call is known as closed, as far as that can be found out. */
    void settle() throws PoolException;

    /** The content or attributes of the inode changed. */
    void changed(long inode);

    /** The name appeared, went or changed its meaning. */
    void entryChanged(long parent, FileName name);

    /** There is no mount. */
    KernelView NONE = new KernelView() {
        @Override
        public @Nullable String transport() {
            return null;
        }

        @Override
        public void settle() {}

        @Override
        public void changed(long inode) {}

        @Override
        public void entryChanged(long parent, FileName name) {}
    };
}
