package io.poolfs.mount;

import static io.poolfs.mount.OperationTable.Slot;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.XattrMode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Extended attributes. {@code security.*} and {@code system.*} (access control lists) are refused here: the kernel asks
 * for {@code security.capability} before every write, and {@code ls} stops asking for lists only after EOPNOTSUPP.
 */
final class XattrOperations extends Operations {
    private static final byte[] SECURITY = "security.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SYSTEM = "system.".getBytes(StandardCharsets.US_ASCII);
    private static final int CREATE = 1;
    private static final int REPLACE = 2;

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
            if (isRefused(key)) {
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
            if (isRefused(key)) {
                replies.error(request, Errnos.EOPNOTSUPP);
                return;
            }
            fs.setXattr(null, inode, key, Native.bytes(value, (int) size), mode(flags));
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
            if (isRefused(key)) {
                replies.error(request, Errnos.EOPNOTSUPP);
                return;
            }
            fs.removeXattr(null, inode, key);
            replies.ok(request);
        });
    }

    private static boolean isRefused(byte[] name) {
        return startsWith(name, SECURITY) || startsWith(name, SYSTEM);
    }

    private static boolean startsWith(byte[] name, byte[] prefix) {
        return name.length >= prefix.length && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static XattrMode mode(int flags) throws PoolException {
        return switch (flags) {
            case 0 -> XattrMode.CREATE_OR_REPLACE;
            case CREATE -> XattrMode.CREATE;
            case REPLACE -> XattrMode.REPLACE;
            default -> throw new PoolException(Reason.INVALID, "setxattr flags 0x" + Integer.toHexString(flags));
        };
    }
}
