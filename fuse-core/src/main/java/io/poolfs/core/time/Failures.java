package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/** What an action threw, on its way to who asks. */
final class Failures {
    private Failures() {}

    static void rethrow(@Nullable Throwable failure) throws PoolException {
        if (failure instanceof PoolException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("an action threw what it does not declare", failure);
        }
    }
}
