package io.poolfs.cli.service;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;

/** Opens a pool in this process. */
@FunctionalInterface
public interface PoolOpener {
    /**
     * Opens the pool, recovering it from its remotes when the local state is missing.
     *
     * @throws PoolException BUSY when another process has it open
     */
    OpenPool open(PoolConfig config, Request request, Progress.Listener listener) throws PoolException;

    /**
     * How to open.
     *
     * @param write false: claims nothing, changes nothing
     * @param takeOver the right to write is taken from whoever holds it
     * @param acceptLoss with too few remotes for a recovery, what they hold is taken as everything
     * @param rebuild the local state is set aside and made anew from the remotes
     */
    record Request(boolean write, boolean takeOver, boolean acceptLoss, boolean rebuild) {
        public static final Request READ = new Request(false, false, false, false);
        public static final Request WRITE = new Request(true, false, false, false);
    }
}
