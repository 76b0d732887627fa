package io.poolfs.mount.libfuse;

import io.poolfs.mount.system.NativeBuffer;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Runtime;
import jnr.ffi.provider.ClosureManager;

/**
 * {@code struct fuse_lowlevel_ops}: one function pointer per operation, null where libfuse shall answer ENOSYS. Keeps
 * what C points to; it must be reachable as long as the session lives.
 */
final class OperationTable {
    /** In the order of the structure. */
    enum Slot {
        INIT,
        DESTROY,
        LOOKUP,
        FORGET,
        GETATTR,
        SETATTR,
        READLINK,
        MKNOD,
        MKDIR,
        UNLINK,
        RMDIR,
        SYMLINK,
        RENAME,
        LINK,
        OPEN,
        READ,
        WRITE,
        FLUSH,
        RELEASE,
        FSYNC,
        OPENDIR,
        READDIR,
        RELEASEDIR,
        FSYNCDIR,
        STATFS,
        SETXATTR,
        GETXATTR,
        LISTXATTR,
        REMOVEXATTR,
        ACCESS,
        CREATE,
        GETLK,
        SETLK,
        BMAP,
        IOCTL,
        POLL,
        WRITE_BUF,
        RETRIEVE_REPLY,
        FORGET_MULTI,
        FLOCK,
        FALLOCATE
    }

    private final ClosureManager closures = Runtime.getSystemRuntime().getClosureManager();
    private final NativeBuffer table = NativeBuffer.allocate(Slot.values().length * Long.BYTES);
    private final List<Object> reachable = new ArrayList<>();

    /** {@code shape} is one of {@link Callbacks}; the callback must let nothing escape. */
    @SuppressWarnings("EnumOrdinal") // the order of the slots is the layout of the structure
    <T> void set(Slot slot, Class<T> shape, T callback) {
        var pointer = closures.getClosurePointer(shape, callback);
        reachable.add(callback);
        reachable.add(pointer);
        table.bytes().putLong(slot.ordinal() * Long.BYTES, pointer.address());
    }

    long address() {
        return table.address();
    }

    long sizeBytes() {
        return table.bytes().capacity();
    }
}
