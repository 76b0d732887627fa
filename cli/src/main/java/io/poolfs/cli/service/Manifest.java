package io.poolfs.cli.service;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of one file, with the fields of rclonepool's manifest version 1 (their names are that format's) and what
 * poolfs knows beyond it.
 *
 * @param createdAt seconds since 1970
 * @param checksum first 16 hex digits of SHA-256 over {@code file_name:file_size:chunk_count}, as rclonepool makes it
 * @param chunks in order of the file; holes have none
 */
public record Manifest(
        int version,
        String fileName,
        String remoteDir,
        String filePath,
        long fileSize,
        long chunkSize,
        int chunkCount,
        double createdAt,
        String checksum,
        List<Part> chunks) {

    /**
     * A run of the file.
     *
     * @param path the object on the remote
     * @param size bytes of this run
     * @param offset of the run in the file
     * @param objectOffset of the run in the object
     * @param sha256 of the hashed piece that holds the run; null where nobody knows it
     * @param pieceOffset the run's first byte within that piece
     * @param pieceSize the length that the hash covers
     */
    public record Part(
            int index,
            @Nullable String remote,
            String remoteId,
            String path,
            long size,
            long offset,
            long objectOffset,
            @Nullable String sha256,
            long pieceOffset,
            long pieceSize) {}
}
