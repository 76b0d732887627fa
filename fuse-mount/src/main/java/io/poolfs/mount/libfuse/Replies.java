package io.poolfs.mount.libfuse;

import io.poolfs.core.fs.PoolFileSystem.Space;
import io.poolfs.core.model.Inode;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.session.ShownAttributes;
import io.poolfs.mount.system.NativeBuffer;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Answers the requests of one worker, out of buffers that are used again for each. Every request is answered exactly
 * once: libfuse frees it with the answer. Not thread-safe; each worker has its own.
 */
final class Replies {
    /** What one answer can carry, and what one request asks for at most. */
    static final int MAX_BYTES = 128 * 1024;

    private static final int SPACE_BLOCK_BYTES = 4096;
    private static final int NAME_MAX = 255;
    /** Inode numbers are never given out twice, so one generation serves all. */
    private static final long GENERATION = 1;

    private final LowLevelFuse fuse;
    private final StatWriter stat;
    private final double attributeSeconds;
    private final NativeBuffer data = NativeBuffer.allocate(MAX_BYTES);
    private final NativeBuffer entry = NativeBuffer.allocate(Layouts.Entry.SIZE);
    private final NativeBuffer absent = NativeBuffer.allocate(Layouts.Entry.SIZE);
    private final NativeBuffer space = NativeBuffer.allocate(Layouts.Space.SIZE);
    private boolean answered;

    Replies(LowLevelFuse fuse, MountSettings settings) {
        this.fuse = fuse;
        this.stat = new StatWriter(new ShownAttributes(settings));
        this.attributeSeconds = seconds(settings.attributeTimeout());
        double entrySeconds = seconds(settings.entryTimeout());
        entry.bytes().putLong(Layouts.Entry.GENERATION, GENERATION);
        entry.bytes().putDouble(Layouts.Entry.ATTRIBUTE_TIMEOUT, attributeSeconds);
        entry.bytes().putDouble(Layouts.Entry.ENTRY_TIMEOUT, entrySeconds);
        absent.bytes().putDouble(Layouts.Entry.ENTRY_TIMEOUT, entrySeconds);
    }

    /** A new request has come. */
    void begin() {
        answered = false;
    }

    boolean isAnswered() {
        return answered;
    }

    /** The buffer for {@link #data}: cleared, at most {@code size} bytes. */
    ByteBuffer buffer(long size) {
        return data.bytes().clear().limit((int) Math.min(size, MAX_BYTES));
    }

    /** The first bytes of the buffer. */
    void data(long request, int length) {
        answered = true;
        fuse.fuse_reply_buf(request, data.address(), length);
    }

    void data(long request, byte[] bytes) {
        buffer(bytes.length).put(bytes);
        data(request, bytes.length);
    }

    void error(long request, int errno) {
        answered = true;
        fuse.fuse_reply_err(request, errno);
    }

    void ok(long request) {
        error(request, 0);
    }

    /** For what the kernel expects no answer to. */
    void none(long request) {
        answered = true;
        fuse.fuse_reply_none(request);
    }

    void entry(long request, Inode inode) {
        fillEntry(inode);
        answered = true;
        fuse.fuse_reply_entry(request, entry.address());
    }

    /** There is no such name, and the kernel may remember that. */
    void absentEntry(long request) {
        answered = true;
        fuse.fuse_reply_entry(request, absent.address());
    }

    /** Returns false when the caller is gone: the handle must then be released. */
    boolean created(long request, Inode inode, long fileInfo) {
        fillEntry(inode);
        answered = true;
        return fuse.fuse_reply_create(request, entry.address(), fileInfo) == 0;
    }

    void attributes(long request, Inode inode) {
        stat.write(inode, entry.bytes(), Layouts.Entry.STAT);
        answered = true;
        fuse.fuse_reply_attr(request, entry.address() + Layouts.Entry.STAT, attributeSeconds);
    }

    /** Returns false when the caller is gone: the handle must then be released. */
    boolean opened(long request, long fileInfo) {
        answered = true;
        return fuse.fuse_reply_open(request, fileInfo) == 0;
    }

    void written(long request, long count) {
        answered = true;
        fuse.fuse_reply_write(request, count);
    }

    /** How long an extended attribute is, for who asks with size 0. */
    void length(long request, long length) {
        answered = true;
        fuse.fuse_reply_xattr(request, length);
    }

    void space(long request, Space room) {
        ByteBuffer dst = space.bytes();
        long free = room.freeBytes() / SPACE_BLOCK_BYTES;
        dst.putLong(Layouts.Space.BLOCK_SIZE, SPACE_BLOCK_BYTES);
        dst.putLong(Layouts.Space.FRAGMENT_SIZE, SPACE_BLOCK_BYTES);
        dst.putLong(Layouts.Space.BLOCKS, room.totalBytes() / SPACE_BLOCK_BYTES);
        dst.putLong(Layouts.Space.FREE, free);
        dst.putLong(Layouts.Space.AVAILABLE, free);
        dst.putLong(Layouts.Space.FILES, room.inodes());
        dst.putLong(Layouts.Space.FILES_FREE, room.freeInodes());
        dst.putLong(Layouts.Space.FILES_AVAILABLE, room.freeInodes());
        dst.putLong(Layouts.Space.NAME_MAX, NAME_MAX);
        answered = true;
        fuse.fuse_reply_statfs(request, space.address());
    }

    private void fillEntry(Inode inode) {
        entry.bytes().putLong(Layouts.Entry.INODE, inode.number());
        stat.write(inode, entry.bytes(), Layouts.Entry.STAT);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
