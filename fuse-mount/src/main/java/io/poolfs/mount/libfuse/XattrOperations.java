package io.poolfs.mount.libfuse;

import static io.poolfs.mount.libfuse.OperationTable.Slot;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.mount.session.FailureLog;
import io.poolfs.mount.session.XattrRules;
import io.poolfs.mount.system.Native;
import java.nio.ByteBuffer;
import java.util.List;

/** Extended attributes, within {@link XattrRules}. */
final class XattrOperations extends Operations {
    XattrOperations(PoolFileSystem fs, FailureLog failures) {
        super(fs, failures);
    }

    @Override
    void register(OperationTable table) {
        table.set(Slot.GETXATTR, Callbacks.LLLL.class, this::get);
        table.set(Slot.SETXATTR, Callbacks.LLLLLI.class, this::set);
        table.set(Slot.LISTXATTR, Callbacks.LLL.class, this::list);
        table.set(Slot.REMOVEXATTR, Callbacks.LLL.class, this::remove);
    }

    private void get(long request, long inode, long name, long size) {
        answer("getxattr", request, inode, replies -> {
            byte[] key = Native.string(name);
            if (XattrRules.isRefused(key)) {
                replies.error(request, Errnos.EOPNOTSUPP);
                return;
            }
            byte[] value = fs.getXattr(inode, key);
            if (size == 0) {
                replies.length(request, value.length);
            } else if (value.length > size) {
                replies.error(request, Errnos.ERANGE);
            } else {
                replies.data(request, value);
            }
        });
    }

    private void set(long request, long inode, long name, long value, long size, int flags) {
        answer("setxattr", request, inode, replies -> {
            byte[] key = Native.string(name);
            if (XattrRules.isRefused(key)) {
                replies.error(request, Errnos.EOPNOTSUPP);
                return;
            }
            fs.setXattr(null, inode, key, Native.bytes(value, (int) size), XattrRules.mode(flags));
            replies.ok(request);
        });
    }

    private void list(long request, long inode, long size) {
        answer("listxattr", request, inode, replies -> {
            List<byte[]> names = fs.listXattrs(inode);
            int length = names.stream().mapToInt(name -> name.length + 1).sum();
            if (size == 0) {
                replies.length(request, length);
                return;
            }
            ByteBuffer dst = replies.buffer(size);
            if (length > dst.remaining()) {
                replies.error(request, Errnos.ERANGE);
                return;
            }
            names.forEach(name -> dst.put(name).put((byte) 0));
            replies.data(request, length);
        });
    }

    private void remove(long request, long inode, long name) {
        answer("removexattr", request, inode, replies -> {
            byte[] key = Native.string(name);
            if (XattrRules.isRefused(key)) {
                replies.error(request, Errnos.EOPNOTSUPP);
                return;
            }
            fs.removeXattr(null, inode, key);
            replies.ok(request);
        });
    }
}
