package io.poolfs.core.config;

/** Where a file must be before {@code fsync} returns. */
public enum FsyncMode {
    /** On the remotes, its metadata on a majority of them. */
    REMOTE("remote"),
    /** On a disk of this machine. */
    LOCAL("local");

    private final String word;

    FsyncMode(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
