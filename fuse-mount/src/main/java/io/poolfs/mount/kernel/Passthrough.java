package io.poolfs.mount.kernel;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How each open file is read: by requests, or by the kernel itself from the image that it was lent. The kernel wants one
 * way for all handles of an inode, or fails the open; docs/CONCURRENCY.md has the table. Usable from any thread.
 */
final class Passthrough {
    private static final Logger LOG = LoggerFactory.getLogger(Passthrough.class);

    /** How often what is lent is looked after: changes made unseen become content by that. */
    private static final long TEND_MILLIS = 10_000;

    private static final int LOCKS = 64;

    /** No backing file. */
    static final int NONE = 0;

    /** The answer to an OPEN. */
    record Mode(int flags, int backing) {}

    /** The kernel's side of lending. */
    interface Backings {
        /** A number above 0, or a negated errno. */
        int open(Path file);

        void close(int backing);
    }

    private final PoolFileSystem fs;
    private final Backings backings;

    /** Opens and closes of one inode come one after the other. */
    private final Object[] locks = new Object[LOCKS];

    /** Inodes that are open, with what is shared by all of their handles. Changed under the inode's lock. */
    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();

    /** Inodes of which the kernel may have pages from before they were lent and written. */
    private final Set<Long> stale = ConcurrentHashMap.newKeySet();

    private volatile boolean enabled;
    private volatile boolean ended;

    private volatile boolean tending;

    private static final class Entry {
        /** {@link #NONE}: by requests. */
        private final int backing;

        private int handles;

        Entry(int backing) {
            this.backing = backing;
        }
    }

    Passthrough(PoolFileSystem fs, Backings backings) {
        this.fs = fs;
        this.backings = backings;
        Arrays.setAll(locks, i -> new Object());
    }

    private Object lockOf(long inode) {
        return locks[Long.hashCode(inode) & (LOCKS - 1)];
    }

    /** The kernel can, and the daemon may. */
    void enable() {
        enabled = true;
    }

    /**
     * A handle was made; says how the kernel is to use it. {@link #closed} must follow when it is released.
     *
     * @param readable false: it can only write
     * @param plainFlags what is answered without a backing file
     */
    Mode opened(long inode, long handle, boolean readable, boolean writable, int plainFlags) throws PoolException {
        synchronized (lockOf(inode)) {
            Entry entry = entries.get(inode);
            if (entry == null) {
                entry = new Entry(enabled && readable && !writable ? lend(inode, handle) : NONE);
                entries.put(inode, entry);
            } else if (entry.backing != NONE && readable && writable) {
                // Before the answer: from then on he can map it.
                fs.suspectImage(handle);
            }
            entry.handles++;
            if (entry.backing == NONE) {
                return new Mode(stale.remove(inode) ? plainFlags & ~Abi.OpenOut.KEEP_CACHE : plainFlags, NONE);
            }
            if (writable) {
                stale.add(inode);
                return new Mode(Abi.OpenOut.PASSTHROUGH | Abi.OpenOut.DIRECT_IO, entry.backing);
            }
            return new Mode(Abi.OpenOut.PASSTHROUGH, entry.backing);
        }
    }

    /** A handle of the inode was released. */
    void closed(long inode) {
        synchronized (lockOf(inode)) {
            Entry entry = entries.get(inode);
            if (entry == null || --entry.handles > 0) {
                return;
            }
            entries.remove(inode);
            if (entry.backing != NONE) {
                backings.close(entry.backing);
                fs.imageReturned(inode);
            }
        }
    }

    /** What was changed unseen is content to be committed when this returns. */
    void settle() {
        if (tending) {
            fs.tendLoans();
        }
    }

    /** The mount has ended: the kernel has nothing any more. */
    void end() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        for (Map.Entry<Long, Entry> each : entries.entrySet()) {
            if (each.getValue().backing != NONE) {
                fs.imageReturned(each.getKey());
            }
        }
        entries.clear();
    }

    private int lend(long inode, long handle) {
        try {
            Path image = fs.lendImage(handle);
            if (image == null) {
                return NONE;
            }
            int backing = backings.open(image);
            if (backing > 0) {
                tend();
                return backing;
            }
            enabled = false;
            LOG.info("the kernel does not read images by itself: errno {}", -backing);
            fs.imageReturned(inode);
        } catch (PoolException e) {
            LOG.debug("the image of inode {} is not lent: {}", inode, e.getMessage());
        }
        return NONE;
    }

    private synchronized void tend() {
        if (!tending) {
            tending = true;
            Thread thread = new Thread(this::tendWhileLent, "fuse-loans");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void tendWhileLent() {
        while (pause()) {
            boolean left = fs.tendLoans();
            synchronized (this) {
                if (!left) {
                    tending = false;
                    return;
                }
            }
        }
    }

    /** Returns false at the end of the mount. */
    private synchronized boolean pause() {
        long end = System.nanoTime() + TEND_MILLIS * 1_000_000;
        try {
            for (long left = TEND_MILLIS; left > 0 && !ended; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !ended;
    }
}
