package io.poolfs.core.cache;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the sidecar says of an image as a whole: the first {@link #BYTES} of it, always written at once. Its checksum
 * tells a torn or foreign one.
 *
 * @param sealVersion the version that the last sealed content gets when it is committed; 0 when none was sealed
 * @param limitSinceSeal smallest size since that seal
 * @param cutDue what lies behind the size may not be dropped everywhere yet: pending extents, marks, bytes
 * @param loan whether others may read or change the bytes unseen
 * @param holeStart the blocks [holeStart, holeEnd) may not be punched everywhere yet; 0 and 0 for none
 */
record ImageHeader(
        long inode,
        long baseVersion,
        long sizeBytes,
        long baseLimit,
        long modifyNanos,
        long changeNanos,
        @Nullable Long accessNanos,
        boolean modified,
        long sealVersion,
        long limitSinceSeal,
        boolean cutDue,
        Loan loan,
        long holeStart,
        long holeEnd) {
    static final int BYTES = 128;

    private static final long MAGIC = 0x706f6f6c66732d69L; // "poolfs-i"
    private static final int FORMAT = 1;
    private static final int CHECKED_BYTES = BYTES - Integer.BYTES;

    private static final int MODIFIED = 1;
    private static final int HAS_ACCESS = 2;
    private static final int CUT_DUE = 4;
    private static final int LENT = 8;
    private static final int SUSPECT = 16;

    /** Who besides this process has the bytes. */
    enum Loan {
        NONE,
        /** Others may read or map them. */
        LENT,
        /** Others may have changed them. */
        SUSPECT
    }

    /** Puts {@link #BYTES} bytes. */
    void write(ByteBuffer dst) {
        int start = dst.position();
        int flags = (modified ? MODIFIED : 0)
                | (accessNanos == null ? 0 : HAS_ACCESS)
                | (cutDue ? CUT_DUE : 0)
                | (loan == Loan.NONE ? 0 : LENT)
                | (loan == Loan.SUSPECT ? SUSPECT : 0);
        dst.putLong(MAGIC).putInt(FORMAT).putInt(flags);
        dst.putLong(inode).putLong(baseVersion).putLong(sizeBytes).putLong(baseLimit);
        dst.putLong(modifyNanos).putLong(changeNanos).putLong(accessNanos == null ? 0 : accessNanos);
        dst.putLong(sealVersion).putLong(limitSinceSeal).putLong(holeStart).putLong(holeEnd);
        while (dst.position() < start + CHECKED_BYTES) {
            dst.putInt(0);
        }
        dst.putInt(checksum(dst, start));
    }

    /** Reads {@link #BYTES} bytes; null when they are not a header of this inode. */
    static @Nullable ImageHeader read(long expectedInode, ByteBuffer src) {
        if (src.remaining() < BYTES) {
            return null;
        }
        int start = src.position();
        if (src.getInt(start + CHECKED_BYTES) != checksum(src, start)
                || src.getLong() != MAGIC
                || src.getInt() != FORMAT) {
            return null;
        }
        int flags = src.getInt();
        long inode = src.getLong();
        long baseVersion = src.getLong();
        long size = src.getLong();
        long baseLimit = src.getLong();
        long modify = src.getLong();
        long change = src.getLong();
        long access = src.getLong();
        long sealVersion = src.getLong();
        long limitSinceSeal = src.getLong();
        long holeStart = src.getLong();
        long holeEnd = src.getLong();
        src.position(start + BYTES);
        if (inode != expectedInode) {
            return null;
        }
        return new ImageHeader(
                inode,
                baseVersion,
                size,
                baseLimit,
                modify,
                change,
                (flags & HAS_ACCESS) == 0 ? null : access,
                (flags & MODIFIED) != 0,
                sealVersion,
                limitSinceSeal,
                (flags & CUT_DUE) != 0,
                (flags & SUSPECT) != 0 ? Loan.SUSPECT : (flags & LENT) != 0 ? Loan.LENT : Loan.NONE,
                holeStart,
                holeEnd);
    }

    private static int checksum(ByteBuffer bytes, int start) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(start + CHECKED_BYTES).position(start));
        return (int) crc.getValue();
    }
}
