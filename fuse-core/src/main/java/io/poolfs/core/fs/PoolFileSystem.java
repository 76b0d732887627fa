package io.poolfs.core.fs;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RequestId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pool as an inode-based POSIX file system: what every front end drives. Usable from any thread.
 *
 * <p>Operations that change something take an optional {@link RequestId}; a request that is delivered twice is executed
 * once and answered twice. Permissions are the front end's concern (the kernel checks them); type rules, names, limits
 * and read-only state are checked here. {@code write} errors are given to the writer; {@code fsync} tells what the
 * pool could not do. Every {@link Inode} handed out is the user's view: size and times include what is not committed
 * yet.
 */
public interface PoolFileSystem {
    /**
     * Who asks: owner of what is created. A directory with the set-group-ID bit hands down its group, and to directories
     * the bit.
     */
    record Caller(int uid, int gid) {}

    /** An inode and whether the caller may keep what it cached of it. */
    record Opened(long handle, Inode inode) {}

    /** What to change; null fields stay. {@code *_NOW} is resolved by the front end or passed as the time now. */
    record AttributeChange(
            @Nullable Integer permissions,
            @Nullable Integer owner,
            @Nullable Integer group,
            @Nullable Long sizeBytes,
            @Nullable Long accessNanos,
            @Nullable Long modifyNanos) {
        public static final AttributeChange NONE = new AttributeChange(null, null, null, null, null, null);
    }

    /** Room in the pool, as {@code statfs} tells it. */
    record Space(long totalBytes, long freeBytes, boolean known, long inodes, long freeInodes) {}

    /** A directory entry with its type bits; {@code cookie} continues behind it. */
    record Entry(FileName name, long inode, int typeBits, long cookie) {}

    @FunctionalInterface
    interface EntryVisitor {
        /** Returns false when no more entries fit; that entry is then visited again next time. */
        boolean visit(Entry entry) throws PoolException;
    }

    enum Allocation {
        /** Make room; the size grows when needed. */
        EXTEND,
        KEEP_SIZE,
        PUNCH_HOLE,
        ZERO_RANGE,
        ZERO_RANGE_KEEP_SIZE
    }

    enum Seek {
        DATA,
        HOLE
    }

    enum XattrMode {
        CREATE_OR_REPLACE,
        CREATE,
        REPLACE
    }

    enum RenameMode {
        REPLACE,
        NO_REPLACE,
        EXCHANGE
    }

    Inode lookup(long parent, FileName name) throws PoolException;

    Inode attributes(long inode) throws PoolException;

    /** {@code handle}: the open file that the change came through, or null. A change of size is a truncate. */
    Inode setAttributes(@Nullable RequestId request, long inode, @Nullable Long handle, AttributeChange change)
            throws PoolException;

    /** {@code mode} with type bits: regular file, FIFO, socket or device. */
    Inode makeNode(@Nullable RequestId request, Caller caller, long parent, FileName name, int mode, long device)
            throws PoolException;

    Inode makeDirectory(@Nullable RequestId request, Caller caller, long parent, FileName name, int permissions)
            throws PoolException;

    Inode makeSymlink(@Nullable RequestId request, Caller caller, long parent, FileName name, byte[] target)
            throws PoolException;

    Inode link(@Nullable RequestId request, long inode, long newParent, FileName newName) throws PoolException;

    void unlink(@Nullable RequestId request, long parent, FileName name) throws PoolException;

    void removeDirectory(@Nullable RequestId request, long parent, FileName name) throws PoolException;

    void rename(
            @Nullable RequestId request, long parent, FileName name, long newParent, FileName newName, RenameMode mode)
            throws PoolException;

    /** The target of a symlink. */
    byte[] readLink(long inode) throws PoolException;

    /** Creates a regular file and opens it. EXISTS when the name is taken. */
    Opened create(
            @Nullable RequestId request, Caller caller, long parent, FileName name, int permissions, boolean writable)
            throws PoolException;

    /** {@code truncate}: as O_TRUNC. */
    Opened open(@Nullable RequestId request, long inode, boolean writable, boolean truncate) throws PoolException;

    /** Reads at the offset into {@code dst}; returns the count, short only at the end of the file. */
    int read(long handle, long offset, ByteBuffer dst) throws PoolException;

    /** Whether a read, or a write, would find what it needs here: nothing has to come from a remote for it. */
    boolean isLocal(long handle, long offset, int lengthBytes, boolean write) throws PoolException;

    /** Writes all of {@code src} at the offset; the bytes survive the death of the daemon when it returns. */
    void write(long handle, long offset, ByteBuffer src) throws PoolException;

    void allocate(long handle, Allocation allocation, long offset, long lengthBytes) throws PoolException;

    /**
     * The first offset at or behind the given one that holds data, or that lies in a hole; the end of the file counts as
     * a hole. NO_DATA when there is none. While somebody can write the file, all of it is data: pages mapped by him may
     * not have come here yet.
     */
    long seek(long handle, Seek what, long offset) throws PoolException;

    /**
     * Lets the target have the source's bytes at an offset without moving any: both point to the same chunks from then
     * on. Returns how many of them, from the first one on; 0 at the end of the source. UNSUPPORTED where there is nothing
     * to share: then the caller copies.
     */
    long share(long source, long sourceOffset, long target, long targetOffset, long lengthBytes) throws PoolException;

    /**
     * Where all bytes of an open file lie in one local file, for the kernel to read without asking. They stay until
     * {@link #imageReturned}, and until nobody has the file mapped. Null when they are not all here, when it is a
     * small file, when somebody has it open for writing, or when enough is lent. Size and bytes of the local file follow every change.
     */
    default @Nullable Path lendImage(long handle) throws PoolException {
        return null;
    }

    /** Before the holder of this handle may map the lent file writable: what he changes is found by comparing. */
    default void suspectImage(long handle) throws PoolException {}

    /** The kernel has the lent file no more, but for mappings that its readers may have left. */
    default void imageReturned(long inode) {}

    /** To be called now and then while anything is lent: finds changes and ends of mappings. False when nothing is. */
    default boolean tendLoans() {
        return false;
    }

    /** One descriptor of the handle was closed. */
    void flush(long handle) throws PoolException;

    /** The last descriptor of the handle was closed. Never fails for the caller. */
    void release(long handle);

    /** Durable in the pool's sense ({@code fsync: remote} or {@code local}) when it returns. */
    void sync(long handle) throws PoolException;

    /** The namespace up to now is durable. */
    void syncDirectory(long inode) throws PoolException;

    long openDirectory(long inode) throws PoolException;

    /** Entries behind the cookie (0 = from the start), {@code .} and {@code ..} included. A stable iteration. */
    void readDirectory(long handle, long cookie, EntryVisitor visitor) throws PoolException;

    void releaseDirectory(long handle);

    /** NO_ATTRIBUTE when it has none of the name; UNSUPPORTED for name spaces that poolfs does not keep. */
    byte[] getXattr(long inode, byte[] name) throws PoolException;

    void setXattr(@Nullable RequestId request, long inode, byte[] name, byte[] value, XattrMode mode)
            throws PoolException;

    List<byte[]> listXattrs(long inode) throws PoolException;

    void removeXattr(@Nullable RequestId request, long inode, byte[] name) throws PoolException;

    Space space() throws PoolException;
}
