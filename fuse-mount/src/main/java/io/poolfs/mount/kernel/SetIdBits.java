package io.poolfs.mount.kernel;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.AttributeChange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.session.Modes;

/**
 * The set-user-ID and set-group-ID bits, which a file loses when someone without that privilege changes it. With
 * HANDLE_KILLPRIV_V2 that is the server's part.
 */
final class SetIdBits {
    private static final int SET_USER = 04000;
    private static final int SET_GROUP = 02000;
    private static final int GROUP_EXECUTES = 00010;

    private final PoolFileSystem fs;
    private final Notifications notifications;

    SetIdBits(PoolFileSystem fs, Notifications notifications) {
        this.fs = fs;
        this.notifications = notifications;
    }

    /** The permissions that stay. A set-group-ID bit without group execution once meant mandatory locking. */
    static int without(int permissions) {
        int kept = permissions & ~SET_USER;
        return (permissions & GROUP_EXECUTES) == 0 ? kept : kept & ~SET_GROUP;
    }

    /** Takes the bits off the file, and off what the kernel remembers of it. */
    void drop(long inode) throws PoolException {
        Inode now = fs.attributes(inode);
        int permissions = now.mode() & Modes.PERMISSIONS;
        if (now.isRegular() && without(permissions) != permissions) {
            fs.setAttributes(
                    null, inode, null, new AttributeChange(without(permissions), null, null, null, null, null));
            notifications.attributesChanged(inode);
        }
    }
}
