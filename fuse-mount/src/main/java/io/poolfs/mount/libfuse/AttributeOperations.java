package io.poolfs.mount.libfuse;

import static io.poolfs.mount.libfuse.OperationTable.Slot;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.AttributeChange;
import io.poolfs.mount.session.FailureLog;
import io.poolfs.mount.session.Modes;
import io.poolfs.mount.session.Times;
import io.poolfs.mount.system.Native;
import org.jspecify.annotations.Nullable;

/** Attributes of inodes, and the room in the pool. */
final class AttributeOperations extends Operations {
    private static final int SET_MODE = 1;
    private static final int SET_OWNER = 1 << 1;
    private static final int SET_GROUP = 1 << 2;
    private static final int SET_SIZE = 1 << 3;
    private static final int SET_ACCESS = 1 << 4;
    private static final int SET_MODIFY = 1 << 5;
    private static final int SET_ACCESS_NOW = 1 << 7;
    private static final int SET_MODIFY_NOW = 1 << 8;

    AttributeOperations(PoolFileSystem fs, FailureLog failures) {
        super(fs, failures);
    }

    @Override
    void register(OperationTable table) {
        table.set(Slot.GETATTR, Callbacks.LLL.class, this::attributes);
        table.set(Slot.SETATTR, Callbacks.LLLIL.class, this::setAttributes);
        table.set(Slot.STATFS, Callbacks.LL.class, this::space);
    }

    private void attributes(long request, long inode, long fileInfo) {
        answer("getattr", request, inode, replies -> replies.attributes(request, fs.attributes(inode)));
    }

    private void setAttributes(long request, long inode, long stat, int bits, long fileInfo) {
        answer("setattr", request, inode, replies -> {
            Long handle = fileInfo == 0 ? null : handle(fileInfo);
            replies.attributes(request, fs.setAttributes(null, inode, handle, change(stat, bits)));
        });
    }

    private void space(long request, long inode) {
        answer("statfs", request, inode, replies -> replies.space(request, fs.space()));
    }

    private static AttributeChange change(long stat, int bits) {
        return new AttributeChange(
                has(bits, SET_MODE) ? Native.getInt(stat + Layouts.Stat.MODE) & Modes.PERMISSIONS : null,
                has(bits, SET_OWNER) ? Native.getInt(stat + Layouts.Stat.OWNER) : null,
                has(bits, SET_GROUP) ? Native.getInt(stat + Layouts.Stat.GROUP) : null,
                has(bits, SET_SIZE) ? Native.getLong(stat + Layouts.Stat.SIZE_BYTES) : null,
                time(bits, SET_ACCESS, SET_ACCESS_NOW, stat + Layouts.Stat.ACCESS),
                time(bits, SET_MODIFY, SET_MODIFY_NOW, stat + Layouts.Stat.MODIFY));
    }

    private static @Nullable Long time(int bits, int given, int now, long address) {
        if (has(bits, now)) {
            return Times.now();
        }
        return has(bits, given) ? StatWriter.readTime(address) : null;
    }

    private static boolean has(int bits, int bit) {
        return (bits & bit) != 0;
    }
}
