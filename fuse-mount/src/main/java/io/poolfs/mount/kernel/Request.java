package io.poolfs.mount.kernel;

import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;

/**
 * One request as it lies in a server's receive buffer. Nothing is copied until it is asked for. What the header does
 * not cover is never read: every access checks against the length received.
 */
final class Request {
    private final ByteBuffer bytes;
    /** A view of its own: its position and limit move. */
    private final ByteBuffer payload;

    private int length;

    /** {@code bytes} in the machine's byte order. */
    Request(ByteBuffer bytes) {
        this.bytes = bytes;
        this.payload = bytes.asReadOnlyBuffer();
    }

    /** A new request has been received; returns false when it is not even a header. */
    boolean received(int lengthBytes) {
        length = lengthBytes;
        return lengthBytes >= Abi.InHeader.SIZE
                && lengthBytes <= bytes.capacity()
                && bytes.getInt(Abi.InHeader.LEN) == lengthBytes;
    }

    /** Header and body. */
    int length() {
        return length;
    }

    /** All of it, to be taken up later. */
    byte[] copy() {
        byte[] copy = new byte[length];
        bytes.get(0, copy);
        return copy;
    }

    /** A request that was copied is the one in hand. */
    void restore(byte[] copy) {
        bytes.put(0, copy);
        length = copy.length;
    }

    int opcode() {
        return bytes.getInt(Abi.InHeader.OPCODE);
    }

    long unique() {
        return bytes.getLong(Abi.InHeader.UNIQUE);
    }

    /** The inode it is about; of requests that carry a name, the directory. */
    long node() {
        return bytes.getLong(Abi.InHeader.NODEID);
    }

    int pid() {
        return bytes.getInt(Abi.InHeader.PID);
    }

    Caller caller() {
        return new Caller(bytes.getInt(Abi.InHeader.UID), bytes.getInt(Abi.InHeader.GID));
    }

    /** How many bytes follow the header. */
    int bodyLength() {
        return length - Abi.InHeader.SIZE;
    }

    /** INVALID unless the body has at least so many bytes. */
    void require(int bodyBytes) throws PoolException {
        if (bodyLength() < bodyBytes) {
            throw new PoolException(
                    Reason.INVALID,
                    "request " + opcode() + " has a body of " + bodyLength() + " bytes, needs " + bodyBytes);
        }
    }

    /** Only within what {@link #require} has checked. */
    int getInt(int offset) {
        return bytes.getInt(Abi.InHeader.SIZE + offset);
    }

    /** Only within what {@link #require} has checked. */
    long getLong(int offset) {
        return bytes.getLong(Abi.InHeader.SIZE + offset);
    }

    /** The name that begins at the offset of the body. */
    FileName name(int offset) throws PoolException {
        return FileName.of(string(offset));
    }

    /** The bytes from the offset of the body up to a NUL, without it. */
    byte[] string(int offset) throws PoolException {
        int start = Abi.InHeader.SIZE + offset;
        int end = start;
        while (end < length && bytes.get(end) != 0) {
            end++;
        }
        if (end >= length) {
            throw new PoolException(Reason.INVALID, "request " + opcode() + " has a text without an end");
        }
        byte[] text = new byte[end - start];
        bytes.get(start, text);
        return text;
    }

    byte[] bytes(int offset, int count) throws PoolException {
        checkRange(offset, count);
        byte[] copy = new byte[count];
        bytes.get(Abi.InHeader.SIZE + offset, copy);
        return copy;
    }

    /** The bytes themselves, valid until the request is answered. */
    ByteBuffer payload(int offset, int count) throws PoolException {
        checkRange(offset, count);
        int start = Abi.InHeader.SIZE + offset;
        return payload.limit(start + count).position(start);
    }

    private void checkRange(int offset, int count) throws PoolException {
        if (count < 0 || count > bodyLength() - offset) {
            throw new PoolException(
                    Reason.INVALID,
                    "request " + opcode() + " claims " + Integer.toUnsignedString(count) + " bytes at " + offset
                            + " of a body of " + bodyLength());
        }
    }
}
