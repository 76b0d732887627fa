package io.poolfs.core.fs;

import io.poolfs.core.fs.PoolFileSystem.XattrMode;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes: {@code user.*} and {@code trusted.*} are kept; {@code user.poolfs.*} tell about a file and cannot
 * be set (nor are they listed, or copying programs would carry them along).
 */
final class Xattrs {
    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_VALUE_BYTES = 65536;
    private static final String REPORT_PREFIX = "user.poolfs.";

    private final Metadata metadata;
    private final Requests requests;
    private final FileReport report;

    Xattrs(Metadata metadata, FileReport report) {
        this.metadata = metadata;
        this.requests = new Requests(metadata);
        this.report = report;
    }

    byte[] get(long inode, byte[] name) throws PoolException {
        String text = kept(name);
        if (text.startsWith(REPORT_PREFIX)) {
            return report.value(inode, text.substring(REPORT_PREFIX.length()));
        }
        return metadata.read(reader -> {
            byte[] value = reader.xattr(inode, name);
            if (value == null) {
                throw absent(inode, text);
            }
            return value;
        });
    }

    List<byte[]> list(long inode) throws PoolException {
        return metadata.read(reader -> {
            reader.requireInode(inode);
            return reader.xattrNames(inode);
        });
    }

    void set(@Nullable RequestId request, long inode, byte[] name, byte[] value, XattrMode mode) throws PoolException {
        String text = settable(name);
        if (value.length > MAX_VALUE_BYTES) {
            throw new PoolException(
                    Reason.RESULT_TOO_LARGE,
                    "attribute " + text + " of " + value.length + " bytes; at most " + MAX_VALUE_BYTES);
        }
        requests.once(request, writer -> {
            Inode target = writer.requireInode(inode);
            boolean exists = writer.xattr(target.number(), name) != null;
            if (exists && mode == XattrMode.CREATE) {
                throw new PoolException(Reason.EXISTS, "inode " + inode + " has attribute " + text + " already");
            }
            if (!exists && (mode == XattrMode.REPLACE || isBare(text))) {
                throw absent(inode, text);
            }
            writer.apply(new Op.SetXattr(inode, name, value, writer.nanos()));
            return 0;
        });
    }

    void remove(@Nullable RequestId request, long inode, byte[] name) throws PoolException {
        String text = settable(name);
        requests.once(request, writer -> {
            if (writer.xattr(inode, name) == null) {
                throw absent(inode, text);
            }
            writer.apply(new Op.SetXattr(inode, name, null, writer.nanos()));
            return 0;
        });
    }

    /** The kernel's own file systems refuse a prefix without a name. */
    private static PoolException absent(long inode, String text) {
        return isBare(text)
                ? new PoolException(Reason.INVALID, "attribute " + text + " has no name behind its prefix")
                : new PoolException(Reason.NO_ATTRIBUTE, "inode " + inode + " has no attribute " + text);
    }

    private static boolean isBare(String name) {
        return name.indexOf('.') == name.length() - 1;
    }

    private static String settable(byte[] name) throws PoolException {
        String text = kept(name);
        if (text.startsWith(REPORT_PREFIX)) {
            throw new PoolException(Reason.NOT_PERMITTED, text + " is told by poolfs and cannot be changed");
        }
        return text;
    }

    private static String kept(byte[] name) throws PoolException {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        if (name.length > MAX_NAME_BYTES) {
            throw new PoolException(Reason.RESULT_TOO_LARGE, "attribute name of " + name.length + " bytes");
        }
        if (!text.startsWith("user.") && !text.startsWith("trusted.")) {
            throw new PoolException(Reason.UNSUPPORTED, "attributes like " + text + " are not kept");
        }
        return text;
    }
}
