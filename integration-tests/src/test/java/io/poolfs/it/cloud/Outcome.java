package io.poolfs.it.cloud;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.model.PoolException;

/** What a program sees of an operation. */
enum Outcome {
    OK,
    EIO,
    ENOSPC,
    /** Anything else, which is wrong everywhere. */
    OTHER,
    /** It had not ended in time. */
    HANGS;

    static Outcome of(PoolException e) {
        int errno = Errnos.of(e.reason());
        return errno == Errnos.EIO ? EIO : errno == Errnos.ENOSPC ? ENOSPC : OTHER;
    }
}
