package io.poolfs.core.model;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a chunk: where it lies and how to check it.
 *
 * @param id its id, also its object name unless it has a path
 * @param remote the remote that acknowledged it
 * @param sizeBytes its exact size
 * @param epoch the epoch that wrote it; 0 for one that others wrote
 * @param crc32c one CRC32C per {@link #BLOCK_BYTES} of it, the last for what remains; of an imported one mostly none at
 *     all. Not copied: do not change it.
 * @param path the object's name on the remote, where others chose it; null for chunks of our own
 */
public record Chunk(
        ChunkId id,
        RemoteId remote,
        long sizeBytes,
        long epoch,
        int[] crc32c,
        @Nullable String path) {
    /** The run of a chunk that one CRC32C covers. */
    public static final int BLOCK_BYTES = 1 << 20;

    /** One of our own. */
    public Chunk(ChunkId id, RemoteId remote, long sizeBytes, long epoch, int[] crc32c) {
        this(id, remote, sizeBytes, epoch, crc32c, null);
    }

    public static int blocks(long sizeBytes) {
        return Math.toIntExact((sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
    }

    /** Written by others and taken over where it lies. */
    public boolean isImported() {
        return path != null;
    }

    /** Whether there are checksums. Without, only what encrypts the remote vouches for the bytes. */
    public boolean hasChecksums() {
        return crc32c.length > 0;
    }

    /** Whether the checksums are as many as there must be: one per block, or none at all of an imported one. */
    public boolean isChecksumCountRight() {
        // A size that was read may be anything.
        boolean onePerBlock = sizeBytes <= (long) Integer.MAX_VALUE * BLOCK_BYTES && crc32c.length == blocks(sizeBytes);
        return onePerBlock || (isImported() && crc32c.length == 0);
    }
}
