package io.poolfs.cli;

import io.poolfs.cli.service.OpenPool;
import io.poolfs.cli.service.PoolOpener;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;

/** Opens a pool with the engine: the one place of this module that knows how the engine is put together. */
final class EngineOpener implements PoolOpener {
    @Override
    public OpenPool open(PoolConfig config, Request request, Progress.Listener listener) throws PoolException {
        NativeDigests.installInBackground();
        OpenOrder order = new OpenOrder(request.write(), request.takeOver(), request.acceptLoss(), request.rebuild());
        return new EnginePool(Pool.open(
                config,
                order,
                null,
                (phase, done, total, unit) -> listener.update(new Progress(phase, done, total, unit, null))));
    }
}
