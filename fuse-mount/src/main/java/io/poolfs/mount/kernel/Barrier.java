package io.poolfs.mount.kernel;

import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.SystemCalls;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows when the releases of files that were closed before have come. The kernel sends them behind the closing
 * program's back, but in order: so a directory of the mount is opened and closed, and its own release waited for.
 */
final class Barrier {
    private static final Logger LOG = LoggerFactory.getLogger(Barrier.class);
    private static final long PATIENCE_SECONDS = 10;

    private final SystemCalls system;
    private volatile @Nullable Passage passage;

    Barrier(SystemCalls system) {
        this.system = system;
    }

    /** One use of the barrier: by which thread, and the handle that it was given. */
    private static final class Passage {
        private final int thread;
        private final CountDownLatch passed = new CountDownLatch(1);
        private volatile long handle;

        Passage(int thread) {
            this.thread = thread;
        }
    }

    /**
     * Returns whether all releases from before have been received; false when that could not be found out.
     *
     * @param directory a place where the mount is seen
     */
    synchronized boolean pass(byte[] directory) {
        Passage now = new Passage(system.gettid());
        passage = now;
        try {
            NativeBuffer path = NativeBuffer.string(directory);
            long stream = system.opendir(path.address());
            path.keep();
            if (stream == 0) {
                LOG.debug("the mount cannot be opened: errno {}", SystemCalls.lastError());
                return false;
            }
            system.closedir(stream);
            return now.handle != 0 && now.passed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            passage = null;
        }
    }

    /** A directory was opened by the thread of that number. */
    void opened(int thread, long handle) {
        Passage now = passage;
        if (now != null && now.thread == thread) {
            now.handle = handle;
        }
    }

    /** The release of a directory has come. */
    void released(long handle) {
        Passage now = passage;
        if (now != null && now.handle == handle) {
            now.passed.countDown();
        }
    }
}
