package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;

/** What LMDB says, in the words of the pool. */
final class LmdbErrors {
    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;
    private static final long NEARLY_NOTHING = 1 << 20;

    private LmdbErrors() {}

    static PoolException translate(Path directory, String action, LmdbException e) {
        String message = "cannot " + action + " the metadata store " + directory + ": " + e.getMessage();
        return new PoolException(reason(directory, e), message, e);
    }

    private static Reason reason(Path directory, LmdbException e) {
        if (e instanceof Env.AlreadyClosedException) {
            return Reason.CLOSED;
        }
        if (e instanceof Env.ReadersFullException) {
            return Reason.BUSY;
        }
        if (e instanceof Env.MapFullException) {
            return Reason.NO_SPACE;
        }
        if (e instanceof Env.VersionMismatchException) {
            return Reason.NEWER_FORMAT;
        }
        if (e instanceof Env.FileInvalidException
                || e instanceof LmdbNativeException.PageCorruptedException
                || e instanceof LmdbNativeException.PageNotFoundException
                || e instanceof LmdbNativeException.PanicException) {
            return Reason.CORRUPT;
        }
        if (e instanceof LmdbNativeException nativeError) {
            int code = nativeError.getResultCode();
            // LMDB reports a write that the full disk cut short as EIO.
            if (code == ENOSPC || code == EDQUOT || (code == EIO && isFull(directory))) {
                return Reason.NO_SPACE;
            }
        }
        return Reason.LOCAL_IO;
    }

    private static boolean isFull(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace() < NEARLY_NOTHING;
        } catch (IOException e) {
            return false;
        }
    }
}
