package io.poolfs.mount.kernel;

import io.poolfs.core.model.Inode;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.system.NativeBuffer;
import java.nio.ByteBuffer;

/**
 * The answer to the request in hand, in a buffer that a server uses again and again. Exactly one of the sending methods
 * is called per request. The kernel may have given the request up meanwhile; only who hands out a handle needs to know.
 */
final class Reply {
    private static final int BODY = Abi.OutHeader.SIZE;

    private final Kernel kernel;
    private final NativeBuffer memory;
    private final ByteBuffer bytes;
    /** A view of its own behind the header: its position and limit move. */
    private final ByteBuffer body;

    private final AttributeWriter writer;
    private long unique;
    private boolean sent;

    /** {@code memory}: for the header and the largest body. */
    Reply(Kernel kernel, MountSettings settings, NativeBuffer memory) {
        this.kernel = kernel;
        this.memory = memory;
        bytes = memory.bytes();
        body = bytes.slice(BODY, bytes.capacity() - BODY).order(bytes.order());
        writer = new AttributeWriter(settings);
    }

    /** A new request has come. */
    void begin(long requestUnique) {
        unique = requestUnique;
        sent = false;
        body.clear();
    }

    boolean isSent() {
        return sent;
    }

    /** The room for {@link #body(int)}: cleared, at most {@code size} bytes. */
    ByteBuffer room(int size) {
        int limit = size < 0 ? body.capacity() : Math.min(size, body.capacity());
        return body.clear().limit(limit);
    }

    AttributeWriter writer() {
        return writer;
    }

    /** Sends the first bytes of the body; returns false when nobody waits for them any more. */
    boolean body(int length) {
        return send(0, length);
    }

    void bytes(byte[] data) {
        room(data.length).put(data);
        body(data.length);
    }

    void ok() {
        send(0, 0);
    }

    void error(int errno) {
        send(-errno, 0);
    }

    /** For what the kernel expects no answer to. */
    void none() {
        sent = true;
    }

    void entry(Inode inode) {
        writer.entry(inode, body, 0);
        body(Abi.EntryOut.SIZE);
    }

    void absentEntry() {
        writer.absentEntry(body, 0);
        body(Abi.EntryOut.SIZE);
    }

    void attributes(Inode inode) {
        writer.attributesAlone(inode, body, 0);
        body(Abi.AttrOut.SIZE);
    }

    /** Returns false when the caller is gone: the handle must then be released. */
    boolean opened(long handle, int openFlags) {
        return opened(handle, openFlags, 0);
    }

    /** With a backing file, or 0. */
    boolean opened(long handle, int openFlags, int backing) {
        putOpened(0, handle, openFlags);
        body.putInt(Abi.OpenOut.BACKING_ID, backing);
        return body(Abi.OpenOut.SIZE);
    }

    /** As {@link #opened}, for a file that was made by the same request. */
    boolean created(Inode inode, long handle, int openFlags) {
        writer.entry(inode, body, 0);
        putOpened(Abi.EntryOut.SIZE, handle, openFlags);
        return body(Abi.EntryOut.SIZE + Abi.OpenOut.SIZE);
    }

    void written(int count) {
        body.putInt(Abi.WriteOut.BYTES, count).putInt(Abi.WriteOut.BYTES + Integer.BYTES, 0);
        body(Abi.WriteOut.SIZE);
    }

    void offset(long offset) {
        body.putLong(Abi.LseekOut.OFFSET, offset);
        body(Abi.LseekOut.SIZE);
    }

    /** How long an extended attribute is, for who asks with size 0. */
    void length(int count) {
        body.putInt(Abi.GetxattrOut.BYTES, count).putInt(Abi.GetxattrOut.BYTES + Integer.BYTES, 0);
        body(Abi.GetxattrOut.SIZE);
    }

    private void putOpened(int at, long handle, int openFlags) {
        body.putLong(at + Abi.OpenOut.FH, handle);
        // The flags, and no backing file.
        body.putLong(at + Abi.OpenOut.OPEN_FLAGS, Integer.toUnsignedLong(openFlags));
    }

    private boolean send(int error, int length) {
        sent = true;
        int total = BODY + length;
        bytes.putInt(Abi.OutHeader.LEN, total);
        bytes.putInt(Abi.OutHeader.ERROR, error);
        bytes.putLong(Abi.OutHeader.UNIQUE, unique);
        return kernel.send(memory.address(), total);
    }
}
