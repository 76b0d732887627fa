package io.poolfs.core.model;

/** Why an operation failed. The one table that maps a reason to an errno lives in {@code fs}. */
public enum Reason {
    // What a filesystem call can be told.
    NOT_FOUND,
    EXISTS,
    NOT_DIRECTORY,
    IS_DIRECTORY,
    NOT_EMPTY,
    NAME_TOO_LONG,
    INVALID,
    NOT_PERMITTED,
    ACCESS_DENIED,
    READ_ONLY,
    NO_SPACE,
    TOO_LARGE,
    TOO_MANY_LINKS,
    NO_ATTRIBUTE,
    RESULT_TOO_LARGE,
    NO_DATA,
    UNSUPPORTED,
    STALE,
    BAD_HANDLE,
    INTERRUPTED,
    BUSY,

    // What a remote can do to us.
    /** The remote does not answer, or answers with a passing error. */
    REMOTE_UNAVAILABLE,
    /** The remote has no room for the object. */
    REMOTE_FULL,
    /** The provider asks us to slow down. */
    REMOTE_THROTTLED,
    /** The remote refuses us: credentials, permissions. */
    REMOTE_DENIED,
    /** What answers under the remote's name is not the remote we know: no or another {@code remote.json}. */
    REMOTE_MISSING,
    /** The remote answered that it has no such object. */
    OBJECT_NOT_FOUND,
    /** Bytes that do not have the length, checksum or form they must have. */
    CORRUPT,

    // What the pool itself can be.
    NEWER_FORMAT,
    /** Another mount holds the right to write. */
    FENCED,
    /** Too few members answered to be sure. */
    NO_QUORUM,
    TIMEOUT,
    LOCAL_IO,
    CONFIG,
    CLOSED,
    CANCELLED,
    INTERNAL
}
