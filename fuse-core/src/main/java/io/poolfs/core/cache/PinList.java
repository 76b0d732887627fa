package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which inodes are pinned, kept in a file: a number a line. Usable from any thread. Numbers are never used twice, so one
 * of a file that is gone may stay until the list is written the next time.
 */
public final class PinList {
    private static final Logger LOG = LoggerFactory.getLogger(PinList.class);
    private static final int MAX_BYTES = 256 << 20;

    private final @Nullable LocalFiles files;
    private final @Nullable Path file;

    /** Read without the lock. */
    private final Set<Long> pinned = ConcurrentHashMap.newKeySet();

    private final Monitor writing;

    private PinList(Scheduler scheduler, @Nullable LocalFiles files, @Nullable Path file) {
        this.writing = scheduler.newMonitor("pins");
        this.files = files;
        this.file = file;
    }

    /** The list in the file, which need not be there. */
    public static PinList open(Scheduler scheduler, LocalFiles files, Path file) throws PoolException {
        PinList list = new PinList(scheduler, files, file);
        try {
            list.parse(new String(files.readAll(file, MAX_BYTES), StandardCharsets.US_ASCII));
        } catch (PoolException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
        }
        return list;
    }

    /** A list that nobody keeps. */
    public static PinList forgetful(Scheduler scheduler) {
        return new PinList(scheduler, null, null);
    }

    public boolean contains(long inode) {
        return pinned.contains(inode);
    }

    public boolean isEmpty() {
        return pinned.isEmpty();
    }

    /** As it is now, in order. */
    public Set<Long> inodes() {
        return new TreeSet<>(pinned);
    }

    /** Kept when it returns. */
    void add(Collection<Long> inodes) throws PoolException {
        try (Monitor.Hold hold = writing.enter()) {
            if (pinned.addAll(inodes)) {
                write();
            }
        }
    }

    /** Kept when it returns. */
    void remove(Collection<Long> inodes) throws PoolException {
        try (Monitor.Hold hold = writing.enter()) {
            boolean changed = false;
            for (Long inode : inodes) {
                changed |= pinned.remove(inode);
            }
            if (changed) {
                write();
            }
        }
    }

    /** The inode is gone. */
    void forget(long inode) {
        pinned.remove(inode);
    }

    @GuardedByMonitor("writing")
    private void write() throws PoolException {
        if (files == null || file == null) {
            return;
        }
        StringBuilder text = new StringBuilder();
        inodes().forEach(inode -> text.append(inode).append('\n'));
        files.writeAtomically(file, text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private void parse(String text) {
        for (String line : text.split("\n", -1)) {
            try {
                if (!line.isEmpty()) {
                    pinned.add(Long.parseLong(line));
                }
            } catch (NumberFormatException e) {
                LOG.warn("{}: \"{}\" is no inode; this pin is lost", file, line);
            }
        }
    }
}
