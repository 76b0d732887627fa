package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names, on disk, every image that may hold uncommitted content, so that a start has to read these only. An inode is
 * appended before the first change of its image; it stays until the list is written anew without it. Usable from any thread.
 *
 * <p>{@code changes.<n>}: inode numbers of 8 bytes, little endian. All files of that name count together: a list that is
 * written anew is complete before the one before it is deleted.
 */
final class ChangeList {
    private static final String PREFIX = "changes.";
    private static final int ENTRY_BYTES = Long.BYTES;
    private static final int MAX_FILE_BYTES = 64 << 20;

    /** Lists up to this length are not worth writing anew. */
    static final int SHORT = 16_384;

    private static final int SLACK = 4;

    private final LocalFiles files;
    private final Path directory;
    private final Supplier<Set<Long>> mayHold;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private @Nullable LocalFile file;

    @GuardedByMonitor("monitor")
    private long entries;

    /** So many entries are worth writing the list anew. */
    @GuardedByMonitor("monitor")
    private long longEntries;

    /** {@code mayHold}: the inodes whose images may hold uncommitted content now; asked when the list is written anew. */
    ChangeList(Scheduler scheduler, LocalFiles files, Path directory, Supplier<Set<Long>> mayHold) {
        this.files = files;
        this.directory = directory;
        this.mayHold = mayHold;
        this.monitor = scheduler.newMonitor("changes");
    }

    /** The inodes an earlier process named; null when there was none that kept a list. */
    @Nullable
    Set<Long> found() throws PoolException {
        List<Path> lists = lists();
        if (lists.isEmpty()) {
            return null;
        }
        Set<Long> inodes = new TreeSet<>();
        for (Path list : lists) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(files.readAll(list, MAX_FILE_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.remaining() >= ENTRY_BYTES) {
                inodes.add(bytes.getLong());
            }
        }
        return inodes;
    }

    /** The image is about to be changed. On disk when this returns. */
    void note(long inode) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            LocalFile list = file;
            if (list == null || entries >= longEntries) {
                list = renewLocked(mayHold.get());
            }
            ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            list.write(entries * ENTRY_BYTES, entry.putLong(inode).flip());
            entries++;
        }
    }

    /** Writes the list anew: these, and nothing else. */
    void renew(Set<Long> inodes) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            renewLocked(inodes);
        }
    }

    void close() {
        try (Monitor.Hold hold = monitor.enter()) {
            LocalFile list = file;
            file = null;
            if (list != null) {
                list.close();
            }
        } catch (PoolException e) {
            // Every entry was written when it was noted: closing has nothing to lose.
            return;
        }
    }

    @GuardedByMonitor("monitor")
    private LocalFile renewLocked(Set<Long> inodes) throws PoolException {
        List<Path> before = lists();
        long number = before.stream().mapToLong(ChangeList::numberOf).max().orElse(0) + 1;
        LocalFile fresh = files.open(directory.resolve(PREFIX + number), LocalFiles.Mode.CREATE_NEW);
        boolean done = false;
        try {
            ByteBuffer bytes = ByteBuffer.allocate(inodes.size() * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            inodes.forEach(bytes::putLong);
            fresh.write(0, bytes.flip());
            entries = inodes.size();
            longEntries = Math.max(SHORT, SLACK * entries);
            done = true;
        } finally {
            if (!done) {
                fresh.close();
                files.delete(fresh.path());
            }
        }
        LocalFile old = file;
        file = fresh;
        if (old != null) {
            old.close();
        }
        for (Path list : before) {
            files.delete(list);
        }
        return fresh;
    }

    private List<Path> lists() throws PoolException {
        List<Path> found = new ArrayList<>();
        for (String name : files.list(directory)) {
            if (name.matches("changes\\.[0-9]{1,18}")) {
                found.add(directory.resolve(name));
            }
        }
        return found;
    }

    private static long numberOf(Path list) {
        return Long.parseLong(list.getFileName().toString().substring(PREFIX.length()));
    }
}
