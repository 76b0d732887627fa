package io.poolfs.core.fetch;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fetches small files ahead of who reads a tree file by file. Two files that follow each other in the order of a walk
 * start one; what is ahead of the reader stays in proportion to what he has read. Files that lie together in a pack come
 * with one request. Usable from any thread.
 */
final class FilesAhead {
    private static final int MAX_TASKS = 16;
    private static final int RANGES_PER_REMOTE = 3;
    private static final int MAX_WALKS = 4;

    /** How far behind the last file the next is looked for. */
    private static final int NEAR_FILES = 32;

    private static final int NEAR_ENTRIES = 256;
    private static final int PLAN_FILES = 512;
    private static final int PLAN_ENTRIES = 4096;
    private static final int AHEAD_PER_READ = 4;
    private static final long FIRST_AHEAD_BYTES = 256 << 10;

    /** Whoever fetches a file for us may hang; then the reader goes his own way. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final ChunkReader chunks;
    private final Installer installer;
    private final FetchCounters counters;
    private final long maxBytes;
    private final Monitor monitor;

    /** The walks, the last one used at the end. */
    @GuardedByMonitor("monitor")
    private final List<Walk> walks = new ArrayList<>();

    /** What is fetched ahead and was not opened yet. */
    @GuardedByMonitor("monitor")
    private final Map<Long, Ahead> files = new HashMap<>();

    /** What is queued or being fetched. */
    @GuardedByMonitor("monitor")
    private final Set<Long> underWay = new HashSet<>();

    @GuardedByMonitor("monitor")
    private final Deque<PackRange> queue = new ArrayDeque<>();

    @GuardedByMonitor("monitor")
    private final Map<RemoteId, Integer> busy = new HashMap<>();

    @GuardedByMonitor("monitor")
    private int tasks;

    /** Where the last small file lies that somebody had to wait for. */
    @GuardedByMonitor("monitor")
    private Op.@Nullable Place last;

    @GuardedByMonitor("monitor")
    private long lastBytes;

    @GuardedByMonitor("monitor")
    private boolean closed;

    /** Puts a file's bytes, which the range has, where readers find them. */
    @FunctionalInterface
    interface Installer {
        void install(SmallFile file, PackRange range) throws PoolException;
    }

    /** One reader of a tree. */
    private static final class Walk {
        final TreeWalk tree;
        long readBytes;
        long aheadBytes;
        boolean planning;

        Walk(TreeWalk tree, long readBytes) {
            this.tree = tree;
            this.readBytes = readBytes;
        }
    }

    /** A file that is ahead of a reader. */
    private record Ahead(Walk walk, long sizeBytes) {}

    FilesAhead(
            Scheduler scheduler,
            Metadata metadata,
            ChunkReader chunks,
            Installer installer,
            FetchCounters counters,
            long maxBytes) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.chunks = chunks;
        this.installer = installer;
        this.counters = counters;
        this.maxBytes = maxBytes;
        this.monitor = scheduler.newMonitor("files ahead");
    }

    /** A small file is opened. */
    void begins(long inode) {
        Walk walk;
        try (Monitor.Hold hold = monitor.enter()) {
            walk = take(inode);
        }
        if (walk != null) {
            plan(walk);
        }
    }

    /** A small file that a reader wants is not here: waits for it if it is on its way. */
    void missed(long inode, long sizeBytes) throws PoolException {
        boolean comes;
        try (Monitor.Hold hold = monitor.enter()) {
            comes = underWay.contains(inode);
            if (comes) {
                monitor.await(() -> closed || !underWay.contains(inode), scheduler.deadlineAfter(PATIENCE));
            }
        }
        if (comes || maxBytes == 0) {
            return;
        }
        try {
            Walk walk = recognise(inode, sizeBytes);
            if (walk != null) {
                plan(walk);
            }
        } catch (PoolException e) {
            counters.aheadFailed(e);
        }
    }

    @GuardedByMonitor("monitor")
    private @Nullable Walk take(long inode) {
        Ahead ahead = files.remove(inode);
        if (ahead == null) {
            return null;
        }
        Walk walk = ahead.walk();
        walk.readBytes += ahead.sizeBytes();
        walk.aheadBytes -= ahead.sizeBytes();
        if (walks.remove(walk)) {
            walks.add(walk);
        }
        return walk;
    }

    /** A walk, when this file comes soon behind the last one; else it is the last one for the next. */
    private @Nullable Walk recognise(long inode, long sizeBytes) throws PoolException {
        List<Op.Place> places = metadata.read(reader -> reader.places(inode));
        if (places.isEmpty()) {
            return null;
        }
        Op.Place here = places.get(0);
        Op.Place before;
        long read;
        try (Monitor.Hold hold = monitor.enter()) {
            before = last;
            read = lastBytes + sizeBytes;
            last = here;
            lastBytes = sizeBytes;
        }
        if (before == null || !isNear(before, inode)) {
            return null;
        }
        Walk walk = new Walk(new TreeWalk(here), read);
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed) {
                return null;
            }
            walks.add(walk);
            if (walks.size() > MAX_WALKS) {
                Walk gone = walks.remove(0);
                files.values().removeIf(ahead -> ahead.walk() == gone);
            }
        }
        return walk;
    }

    private boolean isNear(Op.Place before, long inode) throws PoolException {
        boolean[] found = new boolean[1];
        int[] seen = new int[1];
        TreeWalk walk = new TreeWalk(before);
        return metadata.read(reader -> {
            walk.goOn(reader, NEAR_ENTRIES, next -> {
                found[0] = next == inode;
                return !found[0] && ++seen[0] < NEAR_FILES;
            });
            return found[0];
        });
    }

    /** Sees to it that enough is ahead of the walk's reader. */
    private void plan(Walk walk) {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean enough = walk.aheadBytes > most(walk) / 2;
            if (closed || walk.planning || walk.tree.isEnded() || enough || !walks.contains(walk)) {
                return;
            }
            walk.planning = true;
        }
        scheduler.start("plan files ahead", () -> planOn(walk));
    }

    private long most(Walk walk) {
        return Math.min(maxBytes, FIRST_AHEAD_BYTES + AHEAD_PER_READ * walk.readBytes);
    }

    private void planOn(Walk walk) {
        boolean goesOn = false;
        try {
            long[] room = new long[1];
            try (Monitor.Hold hold = monitor.enter()) {
                room[0] = most(walk) - walk.aheadBytes;
            }
            List<SmallFile> found = metadata.read(reader -> {
                List<SmallFile> near = new ArrayList<>();
                walk.tree.goOn(reader, PLAN_ENTRIES, inode -> {
                    SmallFile file = SmallFile.of(reader, inode);
                    if (file != null) {
                        near.add(file);
                        room[0] -= file.sizeBytes();
                    }
                    return room[0] > 0 && near.size() < PLAN_FILES;
                });
                return near;
            });
            submit(walk, found);
            goesOn = !found.isEmpty();
        } catch (PoolException e) {
            counters.aheadFailed(e);
        } finally {
            try (Monitor.Hold hold = monitor.enter()) {
                walk.planning = false;
                if (!goesOn) {
                    walks.remove(walk); // nothing of this kind is near: another file starts another
                }
            }
        }
        plan(walk); // the reader may have gone on meanwhile
    }

    private void submit(Walk walk, List<SmallFile> found) {
        int starts;
        try (Monitor.Hold hold = monitor.enter()) {
            if (closed || !walks.contains(walk)) {
                return;
            }
            List<SmallFile> added = new ArrayList<>();
            for (SmallFile file : found) {
                if (!files.containsKey(file.inode()) && underWay.add(file.inode())) {
                    files.put(file.inode(), new Ahead(walk, file.sizeBytes()));
                    walk.aheadBytes += file.sizeBytes();
                    added.add(file);
                }
            }
            List<PackRange> ranges = PackRange.of(added);
            queue.addAll(ranges);
            starts = Math.max(0, Math.min(ranges.size(), MAX_TASKS - tasks));
            tasks += starts;
        }
        for (int i = 0; i < starts; i++) {
            scheduler.start("files ahead", this::work);
        }
    }

    private void work() {
        for (PackRange range = next(); range != null; range = next()) {
            try {
                fetch(range);
            } finally {
                ended(range);
            }
        }
    }

    private @Nullable PackRange next() {
        try (Monitor.Hold hold = monitor.enter()) {
            for (Iterator<PackRange> each = queue.iterator(); !closed && each.hasNext(); ) {
                PackRange range = each.next();
                RemoteId remote = range.chunk.remote();
                if (busy.getOrDefault(remote, 0) < RANGES_PER_REMOTE) {
                    each.remove();
                    busy.merge(remote, 1, Integer::sum);
                    return range;
                }
            }
            tasks--;
            return null;
        }
    }

    private void fetch(PackRange range) {
        try {
            range.fetch(chunks);
            counters.fetched(range.lengthBytes());
            for (SmallFile file : range.files) {
                installer.install(file, range);
                here(file);
            }
        } catch (PoolException e) {
            counters.aheadFailed(e);
        }
    }

    private void here(SmallFile file) {
        try (Monitor.Hold hold = monitor.enter()) {
            underWay.remove(file.inode());
            monitor.signalAll();
        }
    }

    /** What did not come is not ahead of anybody. */
    private void ended(PackRange range) {
        try (Monitor.Hold hold = monitor.enter()) {
            busy.merge(range.chunk.remote(), -1, Integer::sum);
            for (SmallFile file : range.files) {
                if (underWay.remove(file.inode())) {
                    Ahead lost = files.remove(file.inode());
                    if (lost != null) {
                        lost.walk().aheadBytes -= lost.sizeBytes();
                    }
                }
            }
            monitor.signalAll();
        }
    }

    void close() {
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            queue.clear();
            walks.clear();
            files.clear();
            monitor.signalAll();
        }
    }
}
