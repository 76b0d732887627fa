package io.poolfs.mount;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.NativePath;
import io.poolfs.mount.system.SystemCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a mount something that the kernel cannot answer out of its caches: it opens the directory. Attributes may be
 * told long after the daemon is gone.
 */
final class Probe {
    private static final int ENOTCONN = 107;
    private static final int ECONNABORTED = 103;

    enum Answer {
        LIVE,
        /** Whoever served the mount is gone. */
        GONE,
        /** Not open to this user, or not in the time given. */
        UNKNOWN
    }

    private Probe() {}

    static Answer ask(SystemCalls system, Path mountPoint, Duration patience) throws PoolException {
        FutureTask<Answer> question = new FutureTask<>(() -> open(system, mountPoint));
        Thread asker = new Thread(question, "fuse-probe");
        asker.setDaemon(true);
        asker.start();
        try {
            return question.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Answer.UNKNOWN;
        } catch (ExecutionException e) {
            throw new PoolException(Reason.INTERNAL, "cannot ask " + mountPoint + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted while asking " + mountPoint, e);
        }
    }

    private static Answer open(SystemCalls system, Path mountPoint) {
        NativeBuffer path = NativeBuffer.string(NativePath.bytes(mountPoint));
        long directory = system.opendir(path.address());
        int errno = SystemCalls.lastError();
        path.keep();
        if (directory != 0) {
            system.closedir(directory);
            return Answer.LIVE;
        }
        return errno == ENOTCONN || errno == ECONNABORTED ? Answer.GONE : Answer.UNKNOWN;
    }
}
