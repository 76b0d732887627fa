package io.poolfs.core.model;

import org.jspecify.annotations.Nullable;

/**
 * The attributes of an inode as the journal knows them. Times are nanoseconds since 1970.
 *
 * @param number inode number; the root is {@link #ROOT}
 * @param mode type and permission bits, as in {@code stat(2)}
 * @param links how many directory entries name it (a directory: 2 + its subdirectories); 0 = orphan
 * @param sizeBytes size of the committed content; a symlink's target length; 0 for the rest
 * @param device major and minor for devices, else 0
 * @param version number of the committed content version; 0 = none has ever been committed (regular files only)
 * @param accessNanos only changed when set explicitly
 * @param target a symlink's target, else null. Not copied: do not change it.
 */
public record Inode(
        long number,
        int mode,
        int owner,
        int group,
        int links,
        long sizeBytes,
        long device,
        long version,
        long accessNanos,
        long modifyNanos,
        long changeNanos,
        long birthNanos,
        byte @Nullable [] target) {
    public static final long ROOT = 1;

    public boolean isDirectory() {
        return (mode & FileType.MASK) == FileType.DIRECTORY.modeBits();
    }

    public boolean isRegular() {
        return (mode & FileType.MASK) == FileType.REGULAR.modeBits();
    }

    public boolean isSymlink() {
        return (mode & FileType.MASK) == FileType.SYMLINK.modeBits();
    }

    /** False for a regular file whose content has never been committed. */
    public boolean hasCommittedContent() {
        return !isRegular() || version > 0;
    }
}
