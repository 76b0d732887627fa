package io.poolfs.core.remote.rclone;

import org.jspecify.annotations.Nullable;

/**
 * What one remote's backend is like; learned once.
 *
 * @param duplicates it can hold two objects of one name
 * @param tellsRoom it has {@code about}
 * @param device where it is a local directory, else null
 */
record BackendTraits(
        boolean duplicates,
        boolean tellsRoom,
        BackendOrigin origin,
        @Nullable LocalDevice device) {}
