package io.poolfs.mount.libfuse;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.session.FailureLog;
import io.poolfs.mount.session.MountSession;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.NativePath;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mount as libfuse knows it: channel, session, operations, and the workers. It ends when the kernel ends the mount;
 * only then is the native memory given back.
 */
public final class LibfuseSession implements MountSession {
    private static final Logger LOG = LoggerFactory.getLogger(LibfuseSession.class);

    private final LowLevelFuse fuse;
    private final OperationTable operations = new OperationTable();
    private final Workers workers;
    private final long channel;
    private final long session;
    private final CountDownLatch ended = new CountDownLatch(1);
    /** Read: a notification is under way. Write: the session is being destroyed. */
    private final ReadWriteLock lifetime = new ReentrantReadWriteLock();

    private LibfuseSession(LowLevelFuse fuse, PoolFileSystem fs, MountSettings settings) throws PoolException {
        this.fuse = fuse;
        registerOperations(fs);
        channel = mount(settings);
        session = newSession();
        fuse.fuse_session_add_chan(session, channel);
        workers = new Workers(
                (pool, name) -> new Worker(pool, name, fuse, session, channel, new Replies(fuse, settings)),
                settings.restingWorkers(),
                settings.maxWorkers());
    }

    /** Mounts and starts to answer. The mount point has been checked. */
    public static MountSession start(PoolFileSystem fs, MountSettings settings) throws PoolException {
        LibfuseSession session = new LibfuseSession(LibfuseLoader.load(), fs, settings);
        session.workers.start();
        Thread end = new Thread(session::destroyAtEnd, "fuse-end");
        end.setDaemon(true);
        end.start();
        return session;
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void abandon() {
        ended.countDown();
    }

    @Override
    public boolean isEnded() {
        return ended.getCount() == 0;
    }

    /** Every close waits for its FLUSH here. */
    @Override
    public void settle(byte[] directory) {}

    @Override
    public void invalidate(long inode) {
        notifying(() -> fuse.fuse_lowlevel_notify_inval_inode(channel, inode, 0, 0));
    }

    @Override
    public void invalidateEntry(long parent, byte[] name) {
        NativeBuffer text = NativeBuffer.string(name);
        notifying(() -> fuse.fuse_lowlevel_notify_inval_entry(channel, parent, text.address(), name.length));
        text.keep();
    }

    private void notifying(Runnable notification) {
        lifetime.readLock().lock();
        try {
            if (!isEnded()) {
                notification.run();
            }
        } finally {
            lifetime.readLock().unlock();
        }
    }

    private void registerOperations(PoolFileSystem fs) {
        FailureLog failures = new FailureLog();
        operations.set(OperationTable.Slot.INIT, Callbacks.LL.class, Connection::init);
        List.of(
                        new NamespaceOperations(fs, failures, fuse),
                        new AttributeOperations(fs, failures),
                        new FileOperations(fs, failures, fuse),
                        new DirectoryOperations(fs, failures),
                        new XattrOperations(fs, failures))
                .forEach(group -> group.register(operations));
    }

    private long mount(MountSettings settings) throws PoolException {
        NativeBuffer path = NativeBuffer.string(NativePath.bytes(settings.mountPoint()));
        Arguments arguments = new Arguments("poolfs", "-o", settings.fuseOptions(Replies.MAX_BYTES));
        long mounted = fuse.fuse_mount(path.address(), arguments.address());
        path.keep();
        arguments.free(fuse);
        if (mounted == 0) {
            throw new PoolException(
                    Reason.NOT_PERMITTED,
                    "cannot mount at " + settings.mountPoint()
                            + ": libfuse has said why on standard error (of a mount in the background: log/start.log in"
                            + " state_dir); a container needs --cap-add SYS_ADMIN besides --device /dev/fuse");
        }
        return mounted;
    }

    private long newSession() throws PoolException {
        Arguments arguments = new Arguments("poolfs");
        long created = fuse.fuse_lowlevel_new(arguments.address(), operations.address(), operations.sizeBytes(), 0);
        arguments.free(fuse);
        if (created == 0) {
            throw new PoolException(Reason.INTERNAL, "libfuse refused the session");
        }
        return created;
    }

    private void destroyAtEnd() {
        try {
            workers.awaitEnd();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while waiting for the end of the mount: its memory is not given back");
            return;
        }
        lifetime.writeLock().lock();
        try {
            fuse.fuse_session_destroy(session);
            ended.countDown();
        } finally {
            lifetime.writeLock().unlock();
        }
    }

    /** {@code struct fuse_args}: {int count, char **values, int allocated}. libfuse may put its own copy there. */
    private static final class Arguments {
        private static final int VALUES = 8;
        private static final int SIZE = 24;

        private final NativeBuffer arguments = NativeBuffer.allocate(SIZE);
        private final NativeBuffer values;
        private final List<NativeBuffer> texts;

        Arguments(String... texts) {
            this.texts = List.of(texts).stream().map(NativeBuffer::string).toList();
            this.values = NativeBuffer.allocate((texts.length + 1) * Long.BYTES);
            ByteBuffer pointers =
                    values.bytes().duplicate().order(values.bytes().order());
            this.texts.forEach(text -> pointers.putLong(text.address()));
            arguments.bytes().putInt(0, texts.length);
            arguments.bytes().putLong(VALUES, values.address());
        }

        long address() {
            return arguments.address();
        }

        void free(LowLevelFuse fuse) {
            fuse.fuse_opt_free_args(address());
            texts.forEach(NativeBuffer::keep);
            values.keep();
            arguments.keep();
        }
    }
}
