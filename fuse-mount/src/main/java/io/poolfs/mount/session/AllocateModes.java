package io.poolfs.mount.session;

import io.poolfs.core.fs.PoolFileSystem.Allocation;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;

/** The modes of fallocate(2). */
public final class AllocateModes {
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int ZERO_RANGE = 16;

    private AllocateModes() {}

    /** UNSUPPORTED for those that poolfs does not have. */
    public static Allocation allocation(int mode) throws PoolException {
        return switch (mode) {
            case 0 -> Allocation.EXTEND;
            case KEEP_SIZE -> Allocation.KEEP_SIZE;
            case KEEP_SIZE | PUNCH_HOLE -> Allocation.PUNCH_HOLE;
            case ZERO_RANGE -> Allocation.ZERO_RANGE;
            case KEEP_SIZE | ZERO_RANGE -> Allocation.ZERO_RANGE_KEEP_SIZE;
            default ->
                throw new PoolException(
                        Reason.UNSUPPORTED, "fallocate mode 0x" + Integer.toHexString(mode) + " is not supported");
        };
    }
}
