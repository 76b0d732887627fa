package io.poolfs.core.model;

/**
 * What is known of a chunk: where it lies and how to check it.
 *
 * @param id its id, also its object name
 * @param remote the remote that acknowledged it
 * @param sizeBytes its exact size
 * @param epoch the epoch that wrote it
 * @param crc32c one CRC32C per {@link #BLOCK_BYTES} of it, the last for what remains. Not copied: do not change it.
 */
public record Chunk(ChunkId id, RemoteId remote, long sizeBytes, long epoch, int[] crc32c) {
    /** The run of a chunk that one CRC32C covers. */
    public static final int BLOCK_BYTES = 1 << 20;

    public static int blocks(long sizeBytes) {
        return Math.toIntExact((sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
    }
}
