package io.poolfs.mount.session;

import io.poolfs.core.fs.PoolFileSystem.XattrMode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which extended attributes are let through. {@code security.*} and {@code system.*} (access control lists) are refused
 * with EOPNOTSUPP: the kernel asks for {@code security.capability} before the first write to a file, and {@code ls}
 * stops asking for lists only after that answer.
 */
public final class XattrRules {
    private static final byte[] SECURITY = "security.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SYSTEM = "system.".getBytes(StandardCharsets.US_ASCII);
    private static final int CREATE = 1;
    private static final int REPLACE = 2;

    private XattrRules() {}

    public static boolean isRefused(byte[] name) {
        return startsWith(name, SECURITY) || startsWith(name, SYSTEM);
    }

    /** The flags of setxattr(2). */
    public static XattrMode mode(int flags) throws PoolException {
        return switch (flags) {
            case 0 -> XattrMode.CREATE_OR_REPLACE;
            case CREATE -> XattrMode.CREATE;
            case REPLACE -> XattrMode.REPLACE;
            default -> throw new PoolException(Reason.INVALID, "setxattr flags 0x" + Integer.toHexString(flags));
        };
    }

    private static boolean startsWith(byte[] name, byte[] prefix) {
        return name.length >= prefix.length && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
    }
}
