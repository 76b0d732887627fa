package io.poolfs.core.stage;

import io.poolfs.core.model.ByteRange;

/** A run of a content that goes into a chunk as one piece. */
record Slice(PieceSource source, ByteRange fileRange) {}
