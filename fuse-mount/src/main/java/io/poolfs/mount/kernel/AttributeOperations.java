package io.poolfs.mount.kernel;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.AttributeChange;
import io.poolfs.core.fs.PoolFileSystem.Space;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.session.Modes;
import io.poolfs.mount.session.Times;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Attributes of inodes, and the room in the pool. */
final class AttributeOperations {
    private static final int SPACE_BLOCK_BYTES = 4096;
    private static final int CHOWN = Abi.SetattrIn.FATTR_UID | Abi.SetattrIn.FATTR_GID;

    private final PoolFileSystem fs;

    AttributeOperations(PoolFileSystem fs) {
        this.fs = fs;
    }

    void get(Request request, Reply reply) throws PoolException {
        reply.attributes(fs.attributes(request.node()));
    }

    void set(Request request, Reply reply) throws PoolException {
        request.require(Abi.SetattrIn.SIZE);
        int valid = request.getInt(Abi.SetattrIn.VALID);
        Long handle = has(valid, Abi.SetattrIn.FATTR_FH) ? request.getLong(Abi.SetattrIn.FH) : null;
        AttributeChange change = new AttributeChange(
                permissions(request, valid),
                has(valid, Abi.SetattrIn.FATTR_UID) ? request.getInt(Abi.SetattrIn.UID) : null,
                has(valid, Abi.SetattrIn.FATTR_GID) ? request.getInt(Abi.SetattrIn.GID) : null,
                has(valid, Abi.SetattrIn.FATTR_SIZE) ? request.getLong(Abi.SetattrIn.BYTES) : null,
                time(
                        request,
                        valid,
                        Abi.SetattrIn.FATTR_ATIME,
                        Abi.SetattrIn.FATTR_ATIME_NOW,
                        Abi.SetattrIn.ATIME,
                        Abi.SetattrIn.ATIMENSEC),
                time(
                        request,
                        valid,
                        Abi.SetattrIn.FATTR_MTIME,
                        Abi.SetattrIn.FATTR_MTIME_NOW,
                        Abi.SetattrIn.MTIME,
                        Abi.SetattrIn.MTIMENSEC));
        reply.attributes(fs.setAttributes(null, request.node(), handle, change));
    }

    void space(Request request, Reply reply) throws PoolException {
        Space space = fs.space();
        ByteBuffer body = reply.room(Abi.StatfsOut.SIZE);
        AttributeWriter.clear(body, 0, Abi.StatfsOut.SIZE);
        long free = space.freeBytes() / SPACE_BLOCK_BYTES;
        body.putLong(Abi.StatfsOut.BLOCKS, space.totalBytes() / SPACE_BLOCK_BYTES);
        body.putLong(Abi.StatfsOut.BFREE, free);
        body.putLong(Abi.StatfsOut.BAVAIL, free);
        body.putLong(Abi.StatfsOut.FILES, space.inodes());
        body.putLong(Abi.StatfsOut.FFREE, space.freeInodes());
        body.putInt(Abi.StatfsOut.BSIZE, SPACE_BLOCK_BYTES);
        body.putInt(Abi.StatfsOut.NAMELEN, FileName.MAX_BYTES);
        body.putInt(Abi.StatfsOut.FRSIZE, SPACE_BLOCK_BYTES);
        reply.body(Abi.StatfsOut.SIZE);
    }

    /** Those asked for, or those that stay where a change of owner, or of content without privilege, takes some away. */
    private @Nullable Integer permissions(Request request, int valid) throws PoolException {
        if (has(valid, Abi.SetattrIn.FATTR_MODE)) {
            return request.getInt(Abi.SetattrIn.MODE) & Modes.PERMISSIONS;
        }
        if (!has(valid, CHOWN | Abi.SetattrIn.FATTR_KILL_SUIDGID)) {
            return null;
        }
        Inode now = fs.attributes(request.node());
        int permissions = now.mode() & Modes.PERMISSIONS;
        int kept = SetIdBits.without(permissions);
        return !now.isDirectory() && kept != permissions ? kept : null;
    }

    private static @Nullable Long time(Request request, int valid, int given, int now, int seconds, int nanos) {
        if (has(valid, now)) {
            return Times.now();
        }
        return has(valid, given)
                ? Times.nanos(request.getLong(seconds), Integer.toUnsignedLong(request.getInt(nanos)))
                : null;
    }

    private static boolean has(int bits, int any) {
        return (bits & any) != 0;
    }
}
