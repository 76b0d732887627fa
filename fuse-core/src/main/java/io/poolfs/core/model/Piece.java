package io.poolfs.core.model;

import org.jspecify.annotations.Nullable;

/**
 * A run of a chunk as it was cut and hashed: the unit that the SHA-256 covers.
 *
 * @param chunk the chunk it lies in
 * @param offset where in the chunk it starts, bytes
 * @param lengthBytes its length, at least 1
 * @param hash SHA-256 of exactly these bytes; null where nobody knows it: in an imported chunk
 */
public record Piece(
        ChunkId chunk,
        long offset,
        long lengthBytes,
        @Nullable Sha256 hash) {}
