package io.poolfs.mount.libfuse;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;

/** Loads libfuse 2. */
final class LibfuseLoader {
    private static final String LIBRARY = "libfuse.so.2";
    /** The first with fallocate, batched forgets and notification of deleted names. */
    private static final int OLDEST = 29;

    private LibfuseLoader() {}

    static LowLevelFuse load() throws PoolException {
        LowLevelFuse fuse;
        try {
            fuse = LibraryLoader.create(LowLevelFuse.class)
                    .option(LibraryOption.IgnoreError, true)
                    .failImmediately()
                    .load(LIBRARY);
        } catch (LinkageError e) {
            throw new PoolException(
                    Reason.UNSUPPORTED,
                    "cannot load " + LIBRARY + ": install the package libfuse2 (Debian 13, Ubuntu 24.04: libfuse2t64); "
                            + e.getMessage(),
                    e);
        }
        if (fuse.fuse_version() < OLDEST) {
            throw new PoolException(
                    Reason.UNSUPPORTED, LIBRARY + " is version " + fuse.fuse_version() + ", poolfs needs " + OLDEST);
        }
        return fuse;
    }
}
