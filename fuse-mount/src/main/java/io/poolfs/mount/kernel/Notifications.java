package io.poolfs.mount.kernel;

import io.poolfs.mount.system.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Tells the kernel what it must no longer remember. Usable from any thread; does nothing once the mount has ended. */
final class Notifications {
    private static final int BODY = Abi.OutHeader.SIZE;
    private static final int ATTRIBUTES_ONLY = -1;
    private static final int WHOLE_FILE = 0;

    private final Kernel kernel;
    /** Read: a notification is under way. Write: the device is being closed. */
    private final ReadWriteLock lifetime = new ReentrantReadWriteLock();

    private boolean ended;

    Notifications(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Pages and attributes. Waits for reads and writes of this inode that are under way. */
    void contentChanged(long inode) {
        inode(inode, WHOLE_FILE);
    }

    void attributesChanged(long inode) {
        inode(inode, ATTRIBUTES_ONLY);
    }

    /** The name appeared, went or changed its meaning. */
    void entryChanged(long parent, byte[] name) {
        NativeBuffer message = message(Abi.Notify.INVAL_ENTRY, Abi.Notify.ENTRY_NAME + name.length + 1);
        ByteBuffer bytes = message.bytes();
        bytes.putLong(BODY, parent);
        bytes.putInt(BODY + Abi.Notify.ENTRY_NAME_LENGTH, name.length);
        bytes.put(BODY + Abi.Notify.ENTRY_NAME, name);
        send(message);
    }

    /** Answers a request that no server has in hand. */
    void answer(long unique, int errno) {
        NativeBuffer message = message(-errno, 0);
        message.bytes().putLong(Abi.OutHeader.UNIQUE, unique);
        send(message);
    }

    /** Waits for notifications under way; later ones are dropped. */
    void end() {
        lifetime.writeLock().lock();
        try {
            ended = true;
        } finally {
            lifetime.writeLock().unlock();
        }
    }

    private void inode(long inode, long offset) {
        NativeBuffer message = message(Abi.Notify.INVAL_INODE, Abi.Notify.INODE_SIZE);
        message.bytes().putLong(BODY, inode).putLong(BODY + Long.BYTES, offset);
        send(message);
    }

    /** With {@code unique} 0, by which the kernel knows it for a notification; the code stands in place of the error. */
    private static NativeBuffer message(int code, int bodyLength) {
        NativeBuffer message = NativeBuffer.allocate(BODY + bodyLength);
        message.bytes().putInt(Abi.OutHeader.LEN, BODY + bodyLength).putInt(Abi.OutHeader.ERROR, code);
        return message;
    }

    private void send(NativeBuffer message) {
        lifetime.readLock().lock();
        try {
            if (!ended) {
                // It fails when the kernel does not know the inode or the name: then it has nothing to forget.
                kernel.send(message.address(), message.bytes().capacity());
                message.keep();
            }
        } finally {
            lifetime.readLock().unlock();
        }
    }
}
