package io.poolfs.core.fs;

import io.poolfs.core.model.Reason;

/**
 * The one table that maps a {@link Reason} to the number a Linux program sees. The numbers are those of every Linux
 * that poolfs runs on.
 */
public final class Errnos {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENOTTY = 25;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ENODATA = 61;
    public static final int EPROTO = 71;
    public static final int EOPNOTSUPP = 95;
    public static final int ESTALE = 116;

    private Errnos() {}

    public static int of(Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> ENOENT;
            case EXISTS -> EEXIST;
            case NOT_DIRECTORY -> ENOTDIR;
            case IS_DIRECTORY -> EISDIR;
            case NOT_EMPTY -> ENOTEMPTY;
            case NAME_TOO_LONG -> ENAMETOOLONG;
            case INVALID -> EINVAL;
            case NOT_PERMITTED -> EPERM;
            case ACCESS_DENIED -> EACCES;
            case READ_ONLY -> EROFS;
            case NO_SPACE -> ENOSPC;
            case TOO_LARGE -> EFBIG;
            case TOO_MANY_LINKS -> EMLINK;
            case NO_ATTRIBUTE -> ENODATA;
            case RESULT_TOO_LARGE -> ERANGE;
            case NO_DATA -> ENXIO;
            case UNSUPPORTED -> EOPNOTSUPP;
            case STALE -> ESTALE;
            case BAD_HANDLE -> EBADF;
            case INTERRUPTED, CANCELLED -> EINTR;
            case BUSY -> EBUSY;
            case REMOTE_FULL -> ENOSPC;
            // The loser of a take-over turns read-only.
            case FENCED -> EROFS;
            case CLOSED -> ENODEV;
            // A file whose bytes are out of reach still exists: never ENOENT.
            case REMOTE_UNAVAILABLE,
                    REMOTE_THROTTLED,
                    REMOTE_DENIED,
                    REMOTE_MISSING,
                    OBJECT_NOT_FOUND,
                    CORRUPT,
                    NEWER_FORMAT,
                    NO_QUORUM,
                    TIMEOUT,
                    LOCAL_IO,
                    CONFIG,
                    INTERNAL -> EIO;
        };
    }
}
