package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the stager knows of one inode with uncommitted content. All fields that are not volatile are guarded by the
 * stager's monitor.
 */
final class FileWork {
    /** Where the queue has it. */
    enum Place {
        /** Waits for its age. */
        AGING,
        DUE,
        /** Waits for its next try after a failure. */
        PAUSED,
        /** A commit run has it. */
        RUNNING,
        /** Has left the stager. */
        GONE
    }

    final long inode;

    /** Null: a new file that nothing was written to. */
    volatile @Nullable Image image;

    /** From this many dirty bytes on, a part is uploaded ahead. */
    volatile long streamAtBytes = Long.MAX_VALUE;

    volatile boolean retired;

    Place place = Place.AGING;
    boolean urgent;

    /** Dirty bytes when it became due: an estimate. */
    long bytes;

    /** First change that is not committed, for its age. */
    long sinceNanos;

    /** When its age is looked at, when it became due, or when it may be tried again. */
    long atNanos;

    /** Became due again while a run has it. */
    boolean dueAfterRun;

    int failures;

    @Nullable
    PoolException trouble;

    /** Calls of commit so far, how many of them the sealed content covers, and how many are answered. */
    long requests;

    long covered;
    long answered;

    /** Generation of the content that the present run sealed; -1 while it has not. */
    long sealedGeneration = -1;

    long lastTransaction;

    /** Uploads ahead that are not recorded yet, and whether one is about to seal. */
    final List<StreamUpload> streams = new ArrayList<>();

    boolean streamStarting;

    /** Uploads ahead in a row that failed. */
    int streamFailures;

    int cuts;

    /** The remote that took its last chunk. */
    volatile @Nullable RemoteId home;

    FileWork(long inode) {
        this.inode = inode;
    }

    /** What a commit of the image would upload, about. The last block of a small file is mostly empty. */
    static long bytesOf(@Nullable Image image) {
        return image == null ? 0 : Math.min(image.dirtyBytes(), image.content().sizeBytes());
    }
}
