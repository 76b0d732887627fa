package io.poolfs.mount.libfuse;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.session.FailureLog;
import io.poolfs.mount.system.Native;

/**
 * A group of operations that libfuse calls on the workers' threads. Each takes its arguments from C, drives the file
 * system, and answers; nothing escapes into C.
 */
abstract class Operations {
    @FunctionalInterface
    interface Body {
        /** Answers the request as its last step, or throws before it has. */
        void run(Replies replies) throws PoolException;
    }

    final PoolFileSystem fs;
    private final FailureLog failures;

    Operations(PoolFileSystem fs, FailureLog failures) {
        this.fs = fs;
        this.failures = failures;
    }

    abstract void register(OperationTable table);

    /** Runs the body so that the request is answered exactly once whatever happens. */
    final void answer(String operation, long request, long inode, Body body) {
        Replies replies = Worker.current().replies();
        replies.begin();
        int errno;
        try {
            body.run(replies);
            return;
        } catch (PoolException e) {
            failures.failed(operation, inode, e);
            errno = Errnos.of(e.reason());
        } catch (Throwable e) {
            failures.broke(operation, inode, e);
            errno = Errnos.EIO;
        }
        if (!replies.isAnswered()) {
            replies.error(request, errno);
        }
    }

    static FileName name(long address) throws PoolException {
        return FileName.of(Native.string(address));
    }

    static long handle(long fileInfo) {
        return Native.getLong(fileInfo + Layouts.FileInfo.HANDLE);
    }

    static int flags(long fileInfo) {
        return Native.getInt(fileInfo + Layouts.FileInfo.FLAGS);
    }
}
