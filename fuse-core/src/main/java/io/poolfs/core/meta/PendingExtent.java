package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Extent;
import org.jspecify.annotations.Nullable;

/**
 * A run of uncommitted content that is not (or need not be) in the image: bytes in an acknowledged chunk, or a hole.
 * Local only, never journaled.
 *
 * @param extent where the bytes lie; null for a hole
 */
public record PendingExtent(ByteRange fileRange, @Nullable Extent extent) {}
