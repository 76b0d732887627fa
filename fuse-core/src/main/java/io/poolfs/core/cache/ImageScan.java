package io.poolfs.core.cache;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Meets the images that an earlier process left, folder by folder, while the pool is in use already. Each of them is
 * counted once: by whoever claims it first, the scan or somebody who needs it now. Usable from any thread.
 */
final class ImageScan {
    private final ImageFiles files;
    private final Monitor monitor;

    /** Images in folders below were claimed, all of them. */
    @GuardedByMonitor("monitor")
    private int folder = ImageFiles.FOLDERS;

    /** Claimed in the folders that are not through yet. */
    @GuardedByMonitor("monitor")
    private final Set<Long> claimed = new HashSet<>();

    @GuardedByMonitor("monitor")
    private boolean stopped;

    @GuardedByMonitor("monitor")
    private boolean running;

    ImageScan(Scheduler scheduler, ImageFiles files) {
        this.files = files;
        this.monitor = scheduler.newMonitor("image scan");
    }

    /** From here on, every image that is met for the first time is as an earlier process left it. */
    void begin() {
        try (Monitor.Hold hold = monitor.enter()) {
            folder = 0;
        }
    }

    /** True for the first who asks for this image of an earlier process: it is read as a crash may have left it. */
    boolean claim(long inode) {
        try (Monitor.Hold hold = monitor.enter()) {
            return ImageFiles.folderOf(inode) >= folder && claimed.add(inode);
        }
    }

    /** What is done once all are met. */
    @FunctionalInterface
    interface Conclusion {
        void run() throws PoolException;
    }

    /** Hands every image on disk that nobody has claimed to the reader, which claims it. Ends early when stopped. */
    void run(LongConsumer reader, Conclusion conclusion) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            running = true;
        }
        try {
            for (int next = 0; next < ImageFiles.FOLDERS; next++) {
                for (long inode : files.list(next)) {
                    if (isStopped()) {
                        return;
                    }
                    if (!isClaimed(inode)) {
                        reader.accept(inode);
                    }
                }
                through(next);
            }
            if (!isStopped()) {
                conclusion.run();
            }
        } finally {
            try (Monitor.Hold hold = monitor.enter()) {
                running = false;
                monitor.signalAll();
            }
        }
    }

    /** Waits until all are met; false at the deadline. */
    boolean await(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            return monitor.await(() -> folder == ImageFiles.FOLDERS, deadlineNanos);
        }
    }

    /** Nothing is read any more when this returns, unless the deadline has passed. */
    void stop(long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            stopSoon();
            monitor.await(() -> !running, deadlineNanos);
        }
    }

    void stopSoon() {
        try (Monitor.Hold hold = monitor.enter()) {
            stopped = true;
        }
    }

    private boolean isStopped() {
        try (Monitor.Hold hold = monitor.enter()) {
            return stopped;
        }
    }

    private boolean isClaimed(long inode) {
        try (Monitor.Hold hold = monitor.enter()) {
            return claimed.contains(inode);
        }
    }

    private void through(int done) {
        try (Monitor.Hold hold = monitor.enter()) {
            folder = done + 1;
            claimed.removeIf(inode -> ImageFiles.folderOf(inode) <= done);
            monitor.signalAll();
        }
    }
}
