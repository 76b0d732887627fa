package io.poolfs.mount.session;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;

/**
 * What the mount shows of an inode: the owner and permissions that {@code uid}, {@code gid} and {@code umask} ask for.
 * What is stored stays as it is.
 */
public final class ShownAttributes {
    private static final int BLOCK_BYTES = 512;

    private final MountSettings settings;

    public ShownAttributes(MountSettings settings) {
        this.settings = settings;
    }

    /** With the type bits. */
    public int mode(Inode inode) {
        int stored = inode.mode();
        Integer umask = settings.shownUmask();
        return umask == null || (stored & FileType.MASK) == FileType.SYMLINK.modeBits()
                ? stored
                : (stored & FileType.MASK) | (0777 & ~umask);
    }

    public int owner(Inode inode) {
        Integer owner = settings.shownOwner();
        return owner == null ? inode.owner() : owner;
    }

    public int group(Inode inode) {
        Integer group = settings.shownGroup();
        return group == null ? inode.group() : group;
    }

    /** In units of 512 bytes. */
    public static long blocks(Inode inode) {
        return (inode.sizeBytes() + BLOCK_BYTES - 1) / BLOCK_BYTES;
    }
}
