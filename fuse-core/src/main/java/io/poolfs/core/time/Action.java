package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;

/** What a task does. An exception ends the task; it is kept for {@link Task#join} and logged when nobody joins. */
@FunctionalInterface
public interface Action {
    void run() throws PoolException;
}
