package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.placement.PlacementRule;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The part of the configuration that the stager follows.
 *
 * @param chunkDirectory where sealed bytes wait for their upload ({@code cache_dir/chunks})
 * @param dataPrefix folder of the chunks on the remotes
 * @param chunkSizeBytes largest chunk; a whole number of {@link Image#BLOCK_BYTES}
 * @param packBytes how much of small files shares one chunk at most
 * @param stageAge dirty data older than this is committed
 * @param packWindow what becomes due within this shares chunks
 * @param retryFirst pause after the first failure of everything; it doubles up to {@code retryLast}
 */
public record StageSettings(
        Path chunkDirectory,
        String dataPrefix,
        long chunkSizeBytes,
        long packBytes,
        Duration stageAge,
        Duration packWindow,
        Duration retryFirst,
        Duration retryLast,
        PlacementRule placement) {
    /** Large enough that a thousand small files cost a handful of objects, small enough that every remote gets one. */
    public static final long PACK_BYTES = 16L << 20;

    private static final Duration RETRY_FIRST = Duration.ofMillis(500);
    private static final Duration RETRY_LAST = Duration.ofSeconds(15);

    public StageSettings {
        if (chunkSizeBytes < Image.BLOCK_BYTES || packBytes < 1) {
            throw new IllegalArgumentException("chunk size " + chunkSizeBytes + ", pack size " + packBytes);
        }
        packBytes = Math.min(packBytes, chunkSizeBytes);
    }

    /**
     * With the usual pack size and retries.
     *
     * @param stagedLimitBytes what the budget allows for dirty bytes and sealed chunks: a third of it is the largest
     *     chunk, so that one can be cut while another is filled
     */
    public static StageSettings of(
            Path chunkDirectory,
            String dataPrefix,
            long chunkSizeBytes,
            long stagedLimitBytes,
            Duration stageAge,
            Duration packWindow,
            PlacementRule placement) {
        long size = Math.min(chunkSizeBytes, stagedLimitBytes / 3);
        long unit = size >= Chunk.BLOCK_BYTES ? Chunk.BLOCK_BYTES : Image.BLOCK_BYTES;
        return new StageSettings(
                chunkDirectory,
                dataPrefix,
                Math.max(unit, size - size % unit),
                PACK_BYTES,
                stageAge,
                packWindow,
                RETRY_FIRST,
                RETRY_LAST,
                placement);
    }
}
